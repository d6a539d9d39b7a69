// One `pagewalk run`, from the arguments to the exit code.
#pragma once

#include "emulator/cli/run_command.h"

namespace emu {

int run_program(const RunArguments& arguments);

}  // namespace emu
