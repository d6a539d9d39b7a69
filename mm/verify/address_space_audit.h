// One address space's page tables against the PFN database, the VADs, the working set and the slots.
#pragma once

#include "mm/verify/findings.h"
#include "mm/verify/tally.h"

namespace mm {

void audit_address_space(const MachineState& machine, const AddressSpace& space, Tally& tally,
                         Findings& findings);

// What can be told without looking at its page tables' entries: VADs, the tables that they need, and what
// both are charged. Costs by the VAD and by the table.
void audit_accounts(const MachineState& machine, const AddressSpace& space, Findings& findings);

}  // namespace mm
