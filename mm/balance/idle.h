// What the machine does when no thread can run: explicit, bounded steps.
#pragma once

#include "mm/process/machine_state.h"

namespace mm {

// Zeroes free frames (zero-page worker), and writes modified pages while they are more than an eighth of RAM.
void run_idle_work(MachineState& machine);

}  // namespace mm
