// Makes an exception of the processor what Windows tells, where the vector alone does not say enough: it
// looks at the bytes of the instruction, at the divisor and at the x87 status word.
#pragma once

#include <cstdint>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/registers/x87_save_area.h"

namespace emu {

// Returns the exception for `vector`. `cpu` stands where run() returned Exception with it, in the address
// space of `directory`. The exception's address is EIP; of an x87 exception, which is reported late, it is
// that of the instruction that caused it.
Exception exception_of_processor(uint8_t vector, const Cpu& cpu, mm::PageFrameNumber directory);

// Returns the status of the first unmasked x87 exception in the order of Intel SDM volume 1, 8.7 (invalid,
// denormal, zero divide, overflow, underflow, precision).
mm::NtStatus x87_status(const X87Fault& fault);

// Returns the status of an SSE exception, by MXCSR: "multiple traps" when an unmasked exception is found
// before the result is computed (invalid, denormal, zero divide), otherwise "multiple faults". The names
// suggest the opposite, but that is what Windows tells: records with MXCSR 0xE144 (zero divide) and 0x1BA8
// (overflow) are in print with C00002B5 and C00002B4.
mm::NtStatus simd_status(uint32_t mxcsr);

}  // namespace emu
