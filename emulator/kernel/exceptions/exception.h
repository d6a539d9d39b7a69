// What a guest's thread did wrong, as Windows tells it: the EXCEPTION_RECORD for a fault, a trap or an
// interrupt of the processor (Intel SDM volume 3, 6.15; [MS-ERREF]; Microsoft, EXCEPTION_RECORD).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "emulator/cpu/registers.h"
#include "emulator/cpu/stop.h"
#include "mm/base/fault.h"
#include "mm/base/nt_status.h"
#include "mm/base/types.h"

namespace emu {

struct Exception {
  static constexpr uint32_t kMaximumParameters = 15;
  static constexpr uint32_t kNonContinuable = 1;  // EXCEPTION_NONCONTINUABLE
  static constexpr uint32_t kStackInvalid = 8;    // EXCEPTION_STACK_INVALID: the guest gave up on its frames

  // First: the guest's handlers are asked. Second: they have been, or must not be; the process ends.
  enum class Chance : uint8_t { First, Second };

  uint32_t code = 0;  // an NTSTATUS; a guest may raise any value
  uint32_t flags = 0;
  mm::VirtualAddress address{};  // of the instruction
  uint32_t parameter_count = 0;
  std::array<uint32_t, kMaximumParameters> parameters{};
  mm::VirtualAddress nested{};  // the EXCEPTION_RECORD that a guest chained to this one
  Chance chance = Chance::First;
  bool protection = false;  // a general protection fault: an access violation, but of no access to an address

  mm::NtStatus status() const { return static_cast<mm::NtStatus>(code); }
};

// Of a page fault that was refused: what was done (0 read or executed, 1 written: there is no NX) to which
// byte, and for an in-page error the status beneath it.
Exception exception_of_fault(const mm::Fault& fault, const mm::FaultOutcome& outcome, mm::VirtualAddress eip);

// The address that an access violation names when the processor gave none. An access may be to it as well.
inline constexpr uint32_t kNoAddress = 0xFFFFFFFF;

// The memory access that an exception is about, when it is about one: a protection fault is not.
struct FaultingAccess {
  mm::VirtualAddress address;
  mm::Access access;
};
bool is_memory_exception(const Exception& exception);
FaultingAccess faulting_access(const Exception& exception);

// Of an exception of the processor, other than a page fault. `code`: the bytes of the instruction at `eip`,
// as many as can be read; they tell a privileged instruction from another protection fault.
Exception exception_of_vector(uint8_t vector, mm::VirtualAddress eip, std::span<const uint8_t> code);

// Of INT n, INT3 and INTO where no service is behind it; EIP in `registers` is after the instruction. The
// exception's address is where the thread goes on when a handler says so: on the instruction, but behind INT
// 0x2D, the debug service, which Windows takes for done (P. Ferrie, "The Ultimate Anti-Debugging Reference",
// "INT 2D"). 32-bit Windows tells of a breakpoint ECX and EDX, which say what a debug service is about, and
// in front of them 0, or EAX for INT 0x2D.
Exception exception_of_interrupt(uint8_t vector, const Registers& registers);

}  // namespace emu
