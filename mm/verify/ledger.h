// The sums of what the PFN database and the page tables hold, kept frame by frame and entry by entry: what a
// step changed is taken off as it was and added as it is, so that the machine's own counters can be compared
// after each step at the cost of what the step wrote.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "mm/process/machine_state.h"
#include "mm/verify/findings.h"

namespace mm {

class Ledger {
 public:
  // Reads everything.
  explicit Ledger(const MachineState& machine);

  // Reads anew what `frame` is, and the entries in it when it is a page table.
  void renew(PageFrameNumber frame);

  void compare(Findings& findings) const;

 private:
  enum class Sign : uint8_t { Add, Subtract };
  using Entries = std::vector<x86::Pte>;

  // What is counted of one frame.
  struct Line {
    PageState state = PageState::Zeroed;
    FrameUse use = FrameUse::None;
    uint8_t priority = 0;
    uint32_t slot = 0;             // that it remembers; 0: none
    AddressSpaceId working_set{};  // whose working set it is in, if any
  };

  Line read(PageFrameNumber frame) const;
  void count(const Line& line, Sign sign);
  void renew_entries(PageFrameNumber frame);
  void count(x86::Pte entry, Sign sign);
  void count_slot(uint32_t slot, Sign sign);
  void compare_states(Findings& findings) const;
  void compare_lists(Findings& findings) const;
  void compare_list(const PageList& list, PageCount expected, Findings& findings) const;

  const MachineState* machine_;
  std::vector<Line> lines_;                       // by frame
  std::unordered_map<uint32_t, Entries> tables_;  // by frame: page tables as they were read
  std::vector<uint8_t> names_;                    // by slot: frames and entries that name it
  std::array<PageCount, kPageStates> states_{};
  std::array<PageCount, kFrameUses> uses_{};
  std::array<PageCount, kStandbyPriorities> standby_{};
  PageCount slots_named_, slots_shared_, held_back_;
  std::map<AddressSpaceId, PageCount> working_sets_;  // those that are not empty
};

}  // namespace mm
