// Compares page lists and working sets with the PFN database: links, counts, states.
#pragma once

#include "mm/verify/findings.h"
#include "mm/verify/tally.h"

namespace mm {

void audit_lists(const MachineState& machine, Tally& tally, Findings& findings);

}  // namespace mm
