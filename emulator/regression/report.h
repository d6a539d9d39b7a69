// What `pagewalk test` prints.
#pragma once

#include <string>
#include <vector>

#include "emulator/regression/scenario.h"
#include "emulator/regression/verdict.h"

namespace emu {

// Returns a line for each scenario, below a failed one what went wrong, and at the end "N passed, N failed".
// The verdicts are in the order of the scenarios.
std::string report_text(const std::vector<Scenario>& scenarios, const std::vector<Verdict>& verdicts);

}  // namespace emu
