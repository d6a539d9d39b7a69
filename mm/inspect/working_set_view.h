// The pages of a process's working set (Windows Internals, "Working sets"). Reads everything, changes
// nothing; what is returned is a copy.
#pragma once

#include <optional>
#include <vector>

#include "mm/x86/pte.h"

namespace mm {

class AddressSpace;
struct MachineState;

struct WorkingSetPage {
  VirtualPageNumber page;
  PageFrameNumber frame;
  x86::Pte pte;                // with the processor's Accessed and Dirty bits
  x86::Protection protection;  // Windows' code for it
  uint8_t age = 0;             // aging passes since it was last seen used
};

// In the order in which the pages came in: the first is trimmed before others of its age.
std::vector<WorkingSetPage> working_set_of(const MachineState& machine, const AddressSpace& space);

// The entry of the page that holds `address`; none when it is not in the working set.
std::optional<WorkingSetPage> working_set_entry(const MachineState& machine, const AddressSpace& space,
                                                VirtualAddress address);

}  // namespace mm
