// Making frames available: age the working sets, trim what was not used for longest, write modified pages
// out. Explicit steps on the caller's thread (Windows Internals: balance-set manager, modified page writer).
#pragma once

#include "mm/process/machine_state.h"

namespace mm {

// Of frames that are expected: below `low`, reclaiming starts; it ends at `target`. Pages wait on the standby
// list in between, where a soft fault can still bring them back.
struct Watermarks {
  PageCount low, target;
};
Watermarks watermarks(PageCount ram);

// Frames that are available, or will be when they have been written.
PageCount expected(const MachineState& machine);

// What must stay: the pages of the instruction that faults, in the current address space.
struct Kept {
  VirtualAddress instruction;
};

// Trims and writes until the target is met or nothing more can be done. Returns the status of the write that
// failed; Success when none did, also when there was no free slot to write to.
NtStatus reclaim(MachineState& machine, const Kept& kept);

}  // namespace mm
