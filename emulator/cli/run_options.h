// The arguments of `pagewalk run`, understood.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/cli/run_command.h"
#include "emulator/kernel/machine.h"

namespace emu {

// Else a sentence for the user.
tl::expected<MachineConfiguration, std::string> machine_configuration(const RunArguments& arguments);

// Bytes that the guest may add to its disk; else a sentence for the user.
tl::expected<uint64_t, std::string> disk_limit(const RunArguments& arguments);

// What is wrong with PROGRAM as typed; empty: nothing.
std::string program_problem(const std::vector<std::string>& words);

}  // namespace emu
