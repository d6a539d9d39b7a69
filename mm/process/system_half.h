// The system half of every address space (0x80000000 and up), and KUSER_SHARED_DATA: resident for good.
#pragma once

#include "mm/process/machine_state.h"

namespace mm {

// The frame of KUSER_SHARED_DATA. RAM has just been made, so that it cannot fail.
void make_shared_user_data(MachineState& machine);

// A zeroed supervisor page at `page`, in every address space. Starved for want of a frame,
// STATUS_COMMITMENT_LIMIT.
Attempt<PageFrameNumber> map_system_page(MachineState& machine, VirtualPageNumber page);

}  // namespace mm
