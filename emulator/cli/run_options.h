// The arguments of `pagewalk run`, understood.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/cli/run_command.h"
#include "emulator/kernel/configuration.h"

namespace emu {

// Returns what the machine is to be made of. A failure is a sentence for the user.
tl::expected<MachineConfiguration, std::string> machine_configuration(const RunArguments& arguments);

// Returns how many bytes the guest may add to its disk. A failure is a sentence for the user.
tl::expected<uint64_t, std::string> disk_limit(const RunArguments& arguments);

// Says what is wrong with PROGRAM as typed; empty when nothing is.
std::string program_problem(const std::vector<std::string>& words);

}  // namespace emu
