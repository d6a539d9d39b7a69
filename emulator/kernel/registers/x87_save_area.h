// The x87 state in its two forms: FXSAVE's, which the processor side keeps, and FNSAVE's, which CONTEXT calls
// FloatSave (Intel SDM volume 1, 8.1.10 and table 10-2).
#pragma once

#include "emulator/cpu/registers.h"
#include "guest/abi/context.h"

namespace emu {

void save_x87(const FloatingState& from, abi::FloatingSaveArea& to);
void restore_x87(const abi::FloatingSaveArea& from, FloatingState& to);

// What the x87 unit holds that an exception of it is about.
struct X87Fault {
  uint16_t control;      // bits 0-5: masked exceptions
  uint16_t status;       // bits 0-5: exceptions; bit 6: it was a stack fault
  uint32_t instruction;  // where the instruction is that caused it
};
X87Fault x87_fault(const FloatingState& state);

uint32_t mxcsr(const FloatingState& state);

}  // namespace emu
