#include "emulator/kernel/processes/process.h"

namespace emu {

KernelObject* as_kernel_object(Process* process) { return process; }

}  // namespace emu
