// Single pages moved where a test wants them, through the machine's own doors.
#pragma once

#include <vector>

#include "mm/balance/modified_writer.h"
#include "mm/process/page_view.h"
#include "mm/process/resident_pages.h"
#include "tests/mm/picture.h"

namespace mm::test {

inline PhysicalAddress entry_of(TestMachine& machine, VirtualAddress address) {
  const auto at = machine.manager->state().tables.find(machine.space->root(), address.page()).if_resident();
  REQUIRE(at);
  return *at;
}
inline const PageFrame& frame_of(TestMachine& machine, VirtualAddress address) {
  return machine.manager->state().pfns[machine.pte(address).frame()];
}

// What a frame remembers of where its content is: without the protection, which the entry knows.
inline x86::Pte without_protection(x86::Pte pte) { return pte.with_protection(x86::protection::kUnset); }

// What the working set remembers of a page in it.
inline const WorkingSetEntry& remembered(TestMachine& machine, VirtualAddress address) {
  return machine.space->working_set.entry_of(address.page(), frame_of(machine, address).working_set_index);
}
inline uint8_t age_of(TestMachine& machine, VirtualAddress address) {
  return remembered(machine, address).age();
}

// Out of the working set: to the standby or to the modified list.
inline void trim_out(TestMachine& machine, VirtualAddress address) {
  trim_page(state_of(machine), *machine.space, entry_of(machine, address));
}

// Leaves `leave` available frames and takes all others away; gives them back when it goes (as free ones).
class HeldFrames {
 public:
  explicit HeldFrames(TestMachine& machine, uint32_t leave = 0) : state_(state_of(machine)) {
    while (state_.pfns.available().value > leave) held_.push_back(*state_.frames.take_any());
  }
  ~HeldFrames() { release(); }
  HeldFrames(const HeldFrames&) = delete;
  HeldFrames& operator=(const HeldFrames&) = delete;

  void release() {
    while (!held_.empty()) release_one();
  }
  void release_one() {
    state_.pfns.release(held_.back());
    held_.pop_back();
  }

 private:
  MachineState& state_;
  std::vector<PageFrameNumber> held_;
};

// So many available frames let `frames` be taken for new content.
inline uint32_t beyond_reserve(TestMachine& machine, uint32_t frames) {
  return state_of(machine).frames.reserve().value + frames;
}

// Leaves only `pages` of commit to be charged, until it goes: the system half holds the others.
class HeldCommit {
 public:
  HeldCommit(TestMachine& machine, uint32_t pages) : state_(state_of(machine)) {
    const PageCount left = state_.commit.limit() - state_.commit.charged();
    REQUIRE(left.value >= pages);
    held_ = left - PageCount{pages};
    state_.system_charge.absorb(std::move(*state_.commit.charge(held_)));
  }
  ~HeldCommit() { state_.system_charge.give_back(held_); }
  HeldCommit(const HeldCommit&) = delete;
  HeldCommit& operator=(const HeldCommit&) = delete;

 private:
  MachineState& state_;
  PageCount held_;
};

// What a service or a new address space may fail for want of, left in the amounts wanted.
struct Scarce {
  Scarce(TestMachine& machine, uint32_t frames, uint32_t pages_of_commit)
      : frames_(machine, beyond_reserve(machine, frames)), commit_(machine, pages_of_commit) {}

 private:
  HeldFrames frames_;
  HeldCommit commit_;
};

// Leaves `address` and everything else that was modified or on standby in the paging file only. What was
// zeroed is free afterwards.
inline void page_out(TestMachine& machine, VirtualAddress address) {
  trim_out(machine, address);
  const auto written =
      write_modified(state_of(machine), machine.manager->state().pfns.count(PageState::Modified));
  REQUIRE(written);
  while (state_of(machine).transfers.wait_for_next()) continue;
  const HeldFrames all(machine);
}

}  // namespace mm::test
