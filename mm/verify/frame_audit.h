// Compares one frame's entry in the PFN database with its neighbours' links, and with the page-table entry
// that finds it.
#pragma once

#include "mm/process/machine_state.h"
#include "mm/verify/findings.h"

namespace mm {

void audit_frame(const MachineState& machine, PageFrameNumber frame, Findings& findings);

// The address space whose working set, directory or page table the frame belongs to; null when it is
// nobody's, or when what the database says of it leads nowhere.
const AddressSpace* owner_of(const MachineState& machine, PageFrameNumber frame);

}  // namespace mm
