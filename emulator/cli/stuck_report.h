// Why nothing goes on: a line for each thread that is left, with what it waits for; at most a screenful.
#pragma once

#include <string>

namespace emu {

class Kernel;

std::string stuck_report(Kernel& kernel);

}  // namespace emu
