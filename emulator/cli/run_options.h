// The arguments of `pagewalk run`, understood.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/cli/run_command.h"
#include "emulator/kernel/machine.h"

namespace emu {

// Else a sentence for the user.
tl::expected<MachineConfiguration, std::string> machine_configuration(const RunArguments& arguments);

// What is wrong with PROGRAM as typed; empty: nothing.
std::string program_problem(const std::vector<std::string>& words);

}  // namespace emu
