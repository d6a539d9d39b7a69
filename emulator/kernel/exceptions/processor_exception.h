// An exception of the processor as Windows tells it, where the vector alone does not say enough: the bytes of
// the instruction, the divisor and the x87 status word are looked at.
#pragma once

#include <cstdint>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/registers/x87_save_area.h"
#include "mm/x86/paging_root.h"

namespace emu {

// `cpu` stands where run() returned Exception with `vector`, in the address space of `root`. The
// exception's address is EIP, but of an x87 exception, which is reported late, that of its cause.
Exception exception_of_processor(uint8_t vector, const Cpu& cpu, mm::x86::PagingRoot root);

// Of the first unmasked exception in the order of Intel SDM volume 1, 8.7 (invalid, denormal, zero divide,
// overflow, underflow, precision).
mm::NtStatus x87_status(const X87Fault& fault);

// Of an SSE exception, by MXCSR: "traps" when an unmasked one is found before the result is computed
// (invalid, denormal, zero divide), else "faults". The names suggest the opposite, but so Windows tells them:
// records with MXCSR 0xE144 (zero divide) and 0x1BA8 (overflow) are in print with C00002B5 and C00002B4.
mm::NtStatus simd_status(uint32_t mxcsr);

}  // namespace emu
