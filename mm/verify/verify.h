// The cross-checker: page tables, PFN database, page lists, VADs, working sets, paging-file slots and commit
// have to agree with each other. Reads everything, changes nothing.
#pragma once

#include <optional>
#include <string>

#include "mm/process/machine_state.h"
#include "mm/verify/findings.h"

namespace mm {

// The first disagreement found, in words; none when everything agrees.
std::optional<std::string> find_disagreement(const MachineState& machine);

// Compares the sum of all charges with the commit charge. Costs by the process.
void audit_commit(const MachineState& machine, Findings& findings);

}  // namespace mm
