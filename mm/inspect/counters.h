// The counters, read off the machine's state; and the one place that counts faults.
#pragma once

#include "mm/base/address_space_id.h"
#include "mm/base/fault_kind.h"
#include "mm/inspect/statistics.h"

namespace mm {

class AddressSpace;
struct MachineState;

void count(FaultKind kind, FaultStatistics& faults);

// The id of an address space, for callers that have nothing but its declaration.
AddressSpaceId id_of(const AddressSpace& space);

MemoryStatistics machine_statistics(const MachineState& machine);
ProcessStatistics process_statistics(const MachineState& machine, const AddressSpace& space);

}  // namespace mm
