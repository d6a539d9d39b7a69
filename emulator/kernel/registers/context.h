// CONTEXT from and to a thread's registers. What a guest writes into one is made harmless on the way in: the
// thread stays in ring 3, with interrupts on, with selectors that exist, and with breakpoints in user space.
//
// Source: Microsoft, "CONTEXT structure (x86)"; Intel SDM volume 1, 3.4.3 (EFLAGS) and 8.1 (x87).
#pragma once

#include "emulator/cpu/registers.h"
#include "emulator/kernel/registers/debug_registers.h"
#include "guest/abi/context.h"

namespace emu {

// Whether ContextFlags names a part (PAGEWALK_CONTEXT_...), or all of several.
constexpr bool names(const abi::Context& context, uint32_t part) {
  return (context.ContextFlags & part) == part;
}
// Whether it names x87 or SSE registers.
constexpr bool names_floating(const abi::Context& context) {
  return names(context, PAGEWALK_CONTEXT_FLOATING_POINT) ||
         names(context, PAGEWALK_CONTEXT_EXTENDED_REGISTERS);
}

// Fills the parts that `context.ContextFlags` asks for and leaves the others as they are. EFLAGS.RF goes with
// the control registers, and comes from `debug`.
void capture_context(abi::Context& context, const Registers& registers, const FloatingState& floating,
                     const DebugRegisters& debug);

// All parts, as they lie on a thread's stack when the kernel calls into ntdll.
abi::ExtendedContext extended_context(const Registers& registers, const FloatingState& floating,
                                      const DebugRegisters& debug);

// Takes the parts that `context.ContextFlags` names. x87 registers come from FloatSave where both it and
// ExtendedRegisters are named.
void apply_context(const abi::Context& context, Registers& registers, FloatingState& floating,
                   DebugRegisters& debug);

}  // namespace emu
