// Compares what a scenario expects with what came of it.
#pragma once

#include <string>
#include <vector>

#include "emulator/regression/execution.h"
#include "emulator/regression/scenario.h"

namespace emu {

// Returns an entry for each thing that is not as expected, for a person to read: a line, or a line and a diff
// below it. Nothing is returned when all is as expected.
std::vector<std::string> compare(const Expectation& expected, const Outcome& outcome);

// Does the same for a run that had to equal the scenario's first one.
std::vector<std::string> compare_runs(const Outcome& first, const Outcome& other);

}  // namespace emu
