#include "emulator/kernel/registers/context.h"

#include <cstring>

#include "emulator/cpu/fxsave.h"
#include "emulator/kernel/registers/x87_save_area.h"

namespace emu {
namespace {

// CF, PF, AF, ZF, SF, TF, DF, OF, NT, AC and ID are the program's. So is RF, which is kept apart.
constexpr uint32_t kUserFlags = 0x0024'4DD5;
constexpr uint32_t kSetFlags = 0x202;  // IF and the bit that is always set

// A selector that ring 3 can load into a data segment register, else `otherwise`.
uint16_t user_selector(uint32_t wanted, uint16_t otherwise) {
  switch (wanted & 0xFFFF) {
    case 0: return 0;
    case selector::kUserCode:
    case selector::kUserData:
    case selector::kTeb: return static_cast<uint16_t>(wanted);
    default: return otherwise;
  }
}

void apply_control(const abi::Context& context, Registers& registers) {
  registers.ebp = context.Ebp;
  registers.eip = context.Eip;
  registers.esp = context.Esp;
  registers.eflags = (context.EFlags & kUserFlags) | kSetFlags;
  registers.cs = selector::kUserCode;
  registers.ss = selector::kUserData;
}

void apply_integer(const abi::Context& context, Registers& registers) {
  registers.edi = context.Edi;
  registers.esi = context.Esi;
  registers.ebx = context.Ebx;
  registers.edx = context.Edx;
  registers.ecx = context.Ecx;
  registers.eax = context.Eax;
}

void apply_segments(const abi::Context& context, Registers& registers) {
  registers.gs = user_selector(context.SegGs, 0);
  registers.fs = user_selector(context.SegFs, selector::kTeb);
  registers.es = user_selector(context.SegEs, selector::kUserData);
  registers.ds = user_selector(context.SegDs, selector::kUserData);
}

// Bits of MXCSR that do not exist would fault.
void apply_extended(const abi::Context& context, FloatingState& floating) {
  std::memcpy(floating.fxsave.data(), context.ExtendedRegisters, floating.fxsave.size());
  const auto mxcsr = fxsave::field<uint32_t>(floating, fxsave::kMxcsr);
  fxsave::set_field(floating, fxsave::kMxcsr, mxcsr & fxsave::kMxcsrBits);
  fxsave::set_field(floating, fxsave::kMxcsrMask, fxsave::kMxcsrBits);
}

}  // namespace

void capture_context(abi::Context& context, const Registers& registers, const FloatingState& floating,
                     const DebugRegisters& debug) {
  if (names(context, PAGEWALK_CONTEXT_CONTROL)) {
    context.Ebp = registers.ebp;
    context.Eip = registers.eip;
    context.SegCs = registers.cs;
    context.EFlags = registers.eflags | (debug.resumes ? kResumeFlag : 0);
    context.Esp = registers.esp;
    context.SegSs = registers.ss;
  }
  if (names(context, PAGEWALK_CONTEXT_INTEGER)) {
    context.Edi = registers.edi;
    context.Esi = registers.esi;
    context.Ebx = registers.ebx;
    context.Edx = registers.edx;
    context.Ecx = registers.ecx;
    context.Eax = registers.eax;
  }
  if (names(context, PAGEWALK_CONTEXT_SEGMENTS)) {
    context.SegGs = registers.gs;
    context.SegFs = registers.fs;
    context.SegEs = registers.es;
    context.SegDs = registers.ds;
  }
  if (names(context, PAGEWALK_CONTEXT_DEBUG_REGISTERS)) capture_debug_registers(context, debug);
  if (names(context, PAGEWALK_CONTEXT_FLOATING_POINT)) save_x87(floating, context.FloatSave);
  if (names(context, PAGEWALK_CONTEXT_EXTENDED_REGISTERS))
    std::memcpy(context.ExtendedRegisters, floating.fxsave.data(), floating.fxsave.size());
}

abi::ExtendedContext extended_context(const Registers& registers, const FloatingState& floating,
                                      const DebugRegisters& debug) {
  constexpr auto kContext = static_cast<uint32_t>(sizeof(abi::Context));
  constexpr auto kExtension = static_cast<uint32_t>(sizeof(abi::ContextEx));
  constexpr auto kBefore = -static_cast<int32_t>(kContext);
  abi::ExtendedContext extended{};
  extended.context.ContextFlags = PAGEWALK_CONTEXT_ALL;
  capture_context(extended.context, registers, floating, debug);
  extended.extension = {.All = {kBefore, kContext + kExtension},
                        .Legacy = {kBefore, kContext},
                        .XState = {static_cast<int32_t>(kExtension), 0}};
  return extended;
}

void apply_context(const abi::Context& context, Registers& registers, FloatingState& floating,
                   DebugRegisters& debug) {
  if (names(context, PAGEWALK_CONTEXT_CONTROL)) {
    apply_control(context, registers);
    debug.resumes = (context.EFlags & kResumeFlag) != 0;
  }
  if (names(context, PAGEWALK_CONTEXT_INTEGER)) apply_integer(context, registers);
  if (names(context, PAGEWALK_CONTEXT_SEGMENTS)) apply_segments(context, registers);
  if (names(context, PAGEWALK_CONTEXT_DEBUG_REGISTERS)) apply_debug_registers(context, debug);
  if (names(context, PAGEWALK_CONTEXT_EXTENDED_REGISTERS)) apply_extended(context, floating);
  if (names(context, PAGEWALK_CONTEXT_FLOATING_POINT)) restore_x87(context.FloatSave, floating);
}

}  // namespace emu
