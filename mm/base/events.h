// The stages of memory management, announced as they happen. A listener may look, not change.
#pragma once

#include <cstdint>

#include "mm/base/address_space_id.h"
#include "mm/base/fault.h"
#include "mm/base/types.h"

namespace mm {

// Which part of the memory manager serves a fault.
enum class Resolver : uint8_t { DemandZero, Transition, PagingFile, FirstWrite, Guard };

struct Event {
  enum class Kind : uint8_t {
    FaultTaken,      // address; value: Access
    WalkEnded,       // address; frame: the page table that the walk came to, or 0 where it ended before;
                     // value: x86::Walk::End
    VadFound,        // address; value: first page of the VAD
    AccessChecked,   // address; value: the 5-bit protection that was checked
    AccessRefused,   // address; value: AccessRefusal
    PteDecoded,      // address; value: PteKind
    ResolverChosen,  // address; value: Resolver
    PageTableMade,   // address: first address that the new table maps; frame: the table; value: its pages
    FramesShort,     // too few frames are available, so that pages are trimmed and written; value: how many
    FrameTaken,      // frame; value: the list that it came from (PageState)
    FrameLost,       // address: a page on standby, whose frame goes to somebody else; frame
    FrameFound,      // address; frame: still holds the page; value: the list that it leaves (PageState)
    SlotRead,        // frame; value: slot
    SlotReadFailed,  // value: slot
    SlotWritten,     // frame; value: slot
    PteWritten,      // address; frame; value: the PTE
    GuardCleared,    // address; value: the 5-bit protection without the guard
    PageTrimmed,     // address; frame; value: the list that it went to (PageState)
    FaultResolved,   // address; value: FaultKind
    FaultRaised,     // address; value: NtStatus
  };

  Kind kind;
  AddressSpaceId space{};  // where there is one
  VirtualAddress address{};
  PageFrameNumber frame{};
  uint64_t value = 0;
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) = 0;
};

// What the stages are announced through: nothing but a test of a pointer while nobody listens.
class Announcer {
 public:
  void listen(EventSink* sink) { sink_ = sink; }
  bool heard() const { return __builtin_expect(sink_ != nullptr, 0); }
  void operator()(const Event& event) const {
    if (heard()) sink_->on_event(event);
  }

 private:
  EventSink* sink_ = nullptr;
};

}  // namespace mm
