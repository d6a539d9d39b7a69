// One address space's page tables against the PFN database, the VADs, the working set and the slots.
#pragma once

#include "mm/verify/findings.h"
#include "mm/verify/tally.h"

namespace mm {

void audit_address_space(const MachineState& machine, const AddressSpace& space, Tally& tally,
                         Findings& findings);

}  // namespace mm
