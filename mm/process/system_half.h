// The system half of every address space (0x80000000 and up), and KUSER_SHARED_DATA: resident for good.
#pragma once

#include "mm/process/machine_state.h"

namespace mm {

// Takes the frame of KUSER_SHARED_DATA. That cannot fail: RAM has just been made.
void make_shared_user_data(MachineState& machine);

// Maps a zeroed supervisor page at `page`, in every address space. Starved for want of a frame,
// STATUS_COMMITMENT_LIMIT.
Attempt<PageFrameNumber> map_system_page(MachineState& machine, VirtualPageNumber page);

}  // namespace mm
