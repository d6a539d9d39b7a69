// The path of a page fault, as the textbook has it (Windows Internals, "Page fault handling"): plan what is
// to be done (fault_plan.h), make sure of the page table, let exactly one resolver act.
#pragma once

#include "mm/base/fault.h"
#include "mm/base/result.h"
#include "mm/process/machine_state.h"

namespace mm {

// Starved: nothing was changed but page tables made; once a frame is available the fault is served anew.
using Served = tl::expected<FaultOutcome, Starved>;

Served serve_fault(MachineState& machine, AddressSpace& space, const Fault& fault);

}  // namespace mm
