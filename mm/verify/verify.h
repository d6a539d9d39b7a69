// The cross-checker: page tables = PFN database = page lists = VADs = working sets = paging-file slots =
// commit. Reads everything, changes nothing.
#pragma once

#include <optional>
#include <string>

#include "mm/process/machine_state.h"

namespace mm {

// The first disagreement found, in words; none when everything agrees.
std::optional<std::string> find_disagreement(const MachineState& machine);

}  // namespace mm
