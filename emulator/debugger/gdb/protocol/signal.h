// Windows' exceptions as the protocol's signals. The numbers are GDB's own, the same on every system (GDB
// manual, E.3 "Stop Reply Packets").
#pragma once

#include <cstdint>

#include "mm/base/nt_status.h"

namespace emu::debugger::gdb {

enum class Signal : uint8_t {
  None = 0,
  Interrupt = 2,
  IllegalInstruction = 4,
  Trap = 5,
  FloatingPoint = 8,
  Kill = 9,
  Bus = 10,
  SegmentationFault = 11,
  Terminate = 15,
  Unknown = 143,
};

// Codes that Windows does not number, those of C++ exceptions for one, are Unknown: a client passes that one
// on to the guest's handlers, which it does not do with a trap.
Signal signal_of(mm::NtStatus exception);

}  // namespace emu::debugger::gdb
