// Compares one address space's page tables with the PFN database, the VADs, the working set and the slots.
#pragma once

#include "mm/verify/findings.h"
#include "mm/verify/tally.h"

namespace mm {

void audit_address_space(const MachineState& machine, const AddressSpace& space, Tally& tally,
                         Findings& findings);

// Compares what needs no look at the entries of its page tables: VADs, the tables that they need, and what
// both are charged. Costs by the VAD and by the table.
void audit_accounts(const MachineState& machine, const AddressSpace& space, Findings& findings);

}  // namespace mm
