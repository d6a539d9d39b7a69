// What an audit has met so far, to be compared with what there is.
#pragma once

#include <cstdint>
#include <vector>

#include "mm/process/machine_state.h"

namespace mm {

struct Tally {
  explicit Tally(const MachineState& machine)
      : entries(machine.pfns.size().value),
        lists(machine.pfns.size().value),
        slots(machine.pagefile.size().value + 1) {}

  std::vector<uint8_t> entries;  // by frame: page-table and directory entries that name it
  std::vector<uint8_t> lists;    // by frame: page lists, working sets and transfers that it is in
  std::vector<bool> slots;       // by slot: named by an entry or a frame
  PageCount slots_met;
  PageCount held_back;  // pages that may be written, and are not yet
};

}  // namespace mm
