// Address spaces coming and going.
#pragma once

#include "mm/process/machine_state.h"

namespace mm {

// Makes an address space that holds the system half and KUSER_SHARED_DATA. Starved for want of a frame,
// STATUS_COMMITMENT_LIMIT; nothing is left behind then.
Attempt<AddressSpace*> create_address_space(MachineState& machine);

// Gives back everything that `space` holds, and destroys it.
void delete_address_space(MachineState& machine, AddressSpace& space);

}  // namespace mm
