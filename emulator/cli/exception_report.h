// The report on an exception that the guest did not handle: one screen that says what happened, where, and
// why memory was refused.
#pragma once

#include <string>

#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/processes/thread.h"

namespace emu {

// `thread` is as it stood at the exception; its process must still be there.
std::string exception_report(const Machine& machine, const Thread& thread, const Exception& exception);

}  // namespace emu
