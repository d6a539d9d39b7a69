// Runs a scenario's program under `pagewalk run` in a process of its own.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/regression/child_process.h"
#include "emulator/regression/scenario.h"
#include "emulator/regression/warm_machine.h"

namespace emu {

// The files and folders that scenarios are run with.
struct Surroundings {
  std::filesystem::path pagewalk;  // the executable
  std::filesystem::path guest;     // what ${guest} stands for: the folder of guest programs
  std::filesystem::path temporary = std::filesystem::temp_directory_path();  // holds the runs' own folders
};

// Returns the executable that runs now, and the folder `guest` beside it.
Surroundings own_surroundings(const std::filesystem::path& temporary);

// What came of one run.
struct Outcome {
  std::vector<std::string> command;
  ChildResult child;
  std::string statistics;  // JSON as `pagewalk run` wrote it; empty when it wrote none
  // The files that the scenario names, as they are in ${scratch}; none where no regular file is.
  std::map<std::string, std::optional<std::string>> files{};
};

// Runs the scenario once. `options` lie on top of the scenario's own. ${scratch} is a folder that lives as
// long as the run. `warm` is the machine that the run is a copy of, which warm_machine() made of the same
// scenario; then there are no other options. Without one the run is a process of its own from the beginning.
Outcome run_scenario(const Scenario& scenario, const RunOptions& options, const Surroundings& surroundings,
                     WarmMachine* warm = nullptr);

// Makes a machine for many runs of the scenario with its own options. Returns null when they cannot come from
// one machine: because the program is told of a ${scratch} that is each run's own, or for one of the reasons
// that WarmMachine::start names.
std::unique_ptr<WarmMachine> warm_machine(const Scenario& scenario, const Surroundings& surroundings);

}  // namespace emu
