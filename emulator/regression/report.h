// What `pagewalk test` prints.
#pragma once

#include <string>
#include <vector>

#include "emulator/regression/scenario.h"
#include "emulator/regression/verdict.h"

namespace emu {

// A line per scenario, what went wrong below those that failed, and "N passed, N failed" at the end. The
// verdicts are in the order of the scenarios.
std::string report_text(const std::vector<Scenario>& scenarios, const std::vector<Verdict>& verdicts);

}  // namespace emu
