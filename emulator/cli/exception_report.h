// The report on an exception that the guest did not handle: one screen that says what happened, where, and
// why memory was refused.
#pragma once

#include <string>

#include "emulator/kernel/exceptions/exception.h"

namespace emu {

class Kernel;
class Thread;

// `thread` is as it stood at the exception; its process must still be there.
std::string exception_report(const Kernel& kernel, const Thread& thread, const Exception& exception);

}  // namespace emu
