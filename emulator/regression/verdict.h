// Runs a scenario as often as it asks for and judges what came of it.
#pragma once

#include <string>
#include <vector>

#include "emulator/regression/execution.h"
#include "emulator/regression/scenario.h"

namespace emu {

struct Verdict {
  std::vector<std::string> failures;  // empty: passed
  std::vector<std::string> command;   // of the run that failed, to be run again by hand

  bool passed() const { return failures.empty(); }
};

// Runs a scenario. The first run must be as expected, and every further one (`repeat`, `same_with`) must
// equal it. The first run that fails is the last.
Verdict judge(const Scenario& scenario, const Surroundings& surroundings);

// Does the same for many, `jobs` at a time. The verdicts are in the order of `scenarios`.
std::vector<Verdict> judge_all(const std::vector<Scenario>& scenarios, const Surroundings& surroundings,
                               unsigned jobs);

}  // namespace emu
