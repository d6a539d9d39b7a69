// MEM_RESET and MEM_RESET_UNDO of NtAllocateVirtualMemory.
#pragma once

#include "mm/process/machine_state.h"
#include "mm/services/virtual_memory.h"

namespace mm {

// `request` is validated, and of one of the two types. Only private memory: the page on VirtualAlloc says
// that MEM_RESET fails on a file's view. STATUS_CONFLICTING_ADDRESSES when no allocation holds the range;
// STATUS_UNSUCCESSFUL when what is to be undone is not all there any more, as that page warns.
Attempt<MemoryRegion> reset_virtual_memory(MachineState& machine, AddressSpace& space,
                                           const AllocateRequest& request);

}  // namespace mm
