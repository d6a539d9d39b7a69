// Keeps the stories of the last faults. It is told of each fault's beginning and end by whoever asks the
// memory manager to serve it, and listens to what is announced between. Tens of nanoseconds a fault: nothing
// is allocated, locked or formatted, and the memory manager's state is only read.
#pragma once

#include <vector>

#include "mm/inspect/fault_story.h"

namespace mm {

class AddressSpace;
struct MachineState;

class FaultRecorder final : public EventSink {
 public:
  static constexpr size_t kKept = 1024;

  FaultRecorder() : ring_(kKept) {}

  // Called before MemoryManager::fault. `machine` and `space` stay until end().
  void begin(const MachineState& machine, const AddressSpace& space, const FaultIdentity& who);
  // What is announced outside of a fault is not recorded.
  void on_event(const Event& event) override;
  // Called after it. `time` in ns, as in FaultIdentity.
  void end(const FaultOutcome& outcome, uint64_t time);
  // Tells which byte of its page the last fault was about, once somebody knows.
  void locate(VirtualAddress byte);

  uint64_t count() const { return count_; }  // of all faults begun; the last story's sequence number

  // Null when there is none, or when it is too old to be kept.
  const FaultStory* find(uint64_t sequence) const;
  const FaultStory* latest() const { return find(count_); }

  // The last faults in the pages `range` of one address space, newest first, at most `limit`. Valid until the
  // next begin().
  std::vector<const FaultStory*> in_range(AddressSpaceId space, PageRange range, size_t limit) const;

 private:
  FaultStory& story(uint64_t sequence) { return ring_[sequence % kKept]; }
  void add(FaultStory& story, const Event& event);
  void count_trim(FaultStory& story, const Event& event);

  std::vector<FaultStory> ring_;
  uint64_t count_ = 0;
  const MachineState* machine_ = nullptr;  // while a fault is under way
  const AddressSpace* space_ = nullptr;
};

}  // namespace mm
