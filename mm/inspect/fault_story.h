// The record of one page fault: what was there before, what was announced while it was served, what it came
// to. Plain data of fixed size, filled while the fault happens (mm/inspect/fault_recorder.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "mm/base/events.h"
#include "mm/base/fault.h"
#include "mm/base/fault_kind.h"
#include "mm/vad/vad.h"
#include "mm/x86/walk.h"

namespace mm {

// The counts that a fault may change. Frames of the whole machine by where they are; `working_set` is that of
// the process that faults.
struct FaultCounters {
  PageCount zeroed, free, standby, modified, active, transition;
  PageCount commit_charge, slots_used, working_set;

  bool operator==(const FaultCounters&) const = default;
};

// The VAD that held the address, as it was.
struct VadRule {
  PageRange range;
  x86::Protection protection;
  VadType type = VadType::Private;
  VadBacking backing = VadBacking::Reserved;
};

// Who made the access: an instruction of the guest; the system on its own (a service, the loader); or the
// debugger, which was told to.
enum class FaultActor : uint8_t { Instruction, System, Debugger };

// Who faulted, where and when. `process` and `thread` are whatever the caller numbers them by; `thread` is 0
// when no thread ran. `instruction` is where that thread stood: the one that made the access, or, where it
// was the system, the one behind the service call.
struct FaultIdentity {
  // What `fault.address` is: the page's first byte, or the byte itself.
  enum class Located : uint8_t { Page, Byte };

  uint32_t process = 0;
  uint32_t thread = 0;
  VirtualAddress instruction{};
  Fault fault{};
  uint64_t time = 0;  // ns
  Located located = Located::Byte;
  FaultActor actor = FaultActor::Instruction;
};

struct FaultStory {
  static constexpr size_t kMaximumEvents = 24;

  enum class State : uint8_t { Underway, Ended };

  uint64_t sequence = 0;  // from 1
  State state = State::Underway;
  FaultIdentity who;
  AddressSpaceId space{};      // the one that the address is in
  x86::Walk walk;              // the processor's, that ended in the fault
  std::optional<VadRule> vad;  // none: no VAD held the address
  x86::Protection protection;  // of the page, when it was committed
  FaultCounters before, after;

  // What was announced, in order; of balancing (see FramesShort) only how much was done.
  std::array<Event, kMaximumEvents> events;
  uint32_t event_count = 0;
  uint32_t events_lost = 0;  // for want of room
  PageCount trimmed;         // pages that left working sets
  PageCount slots_written;   // modified pages that were written out

  FaultOutcome outcome;   // when it has ended
  uint64_t end_time = 0;  // ns

  std::span<const Event> stages() const { return {events.data(), event_count}; }
  const Event* find(Event::Kind kind) const {
    for (const Event& event : stages())
      if (event.kind == kind) return &event;
    return nullptr;
  }
};

// What the fault turned out to be; none while it is under way, or when it waits.
std::optional<FaultKind> kind_of(const FaultStory& story);

// Resolved without reading; resolved by reading; seen by the guest; not known yet.
enum class FaultCost : uint8_t { Soft, Hard, Raised, Open };
FaultCost cost_of(const FaultStory& story);

}  // namespace mm
