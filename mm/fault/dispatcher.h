// The path of a page fault, as the textbook has it (Windows Internals, "Page fault handling"): find the VAD,
// check the access, make sure of the page table, decode the entry, let exactly one resolver act.
#pragma once

#include "mm/fault/resolution.h"
#include "mm/process/machine_state.h"

namespace mm {

Resolution resolve(MachineState& machine, AddressSpace& space, const Fault& fault);

}  // namespace mm
