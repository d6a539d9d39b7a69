#include "emulator/kernel/registers/context.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "emulator/kernel/registers/x87_save_area.h"

namespace emu {
namespace {

abi::Context context_of(uint32_t flags) {
  abi::Context context;
  std::memset(&context, 0xA5, sizeof context);
  context.ContextFlags = flags;
  return context;
}

Registers some_registers() {
  return {.eax = 1,
          .ecx = 2,
          .edx = 3,
          .ebx = 4,
          .esp = 5,
          .ebp = 6,
          .esi = 7,
          .edi = 8,
          .eip = 9,
          .eflags = 0x246,
          .gs = selector::kUserData};
}

FloatingState some_floating() {
  FloatingState state;
  for (size_t i = 32; i < 288; ++i) state.fxsave[i] = static_cast<std::byte>(i);  // registers
  state.fxsave[4] = std::byte{0xFF};                                              // all of the stack in use
  return state;
}

DebugRegisters some_debug() {
  return {.addresses = {0x11, 0x22, 0x33, 0x44}, .status = 1, .control = 0x00D10005, .resumes = true};
}

constexpr uint32_t kUntouched = 0xA5A5A5A5;

TEST_CASE("a context holds the parts that were asked for and no others") {
  const Registers registers = some_registers();
  const FloatingState floating = some_floating();
  const DebugRegisters debug = some_debug();

  auto control = context_of(PAGEWALK_CONTEXT_CONTROL);
  capture_context(control, registers, floating, debug);
  CHECK(control.Ebp == 6);
  CHECK(control.Eip == 9);
  CHECK(control.SegCs == 0x1B);
  CHECK(control.EFlags == 0x10246);
  CHECK(control.Esp == 5);
  CHECK(control.SegSs == 0x23);
  CHECK(control.Eax == kUntouched);
  CHECK(control.SegDs == kUntouched);
  CHECK(control.Dr7 == kUntouched);
  CHECK(control.FloatSave.ControlWord == kUntouched);
  CHECK(control.ExtendedRegisters[0] == 0xA5);

  auto rest = context_of(PAGEWALK_CONTEXT_ALL & ~1u);
  capture_context(rest, registers, floating, debug);
  CHECK(rest.Eip == kUntouched);
  CHECK(rest.Eax == 1);
  CHECK(rest.Ecx == 2);
  CHECK(rest.Edx == 3);
  CHECK(rest.Ebx == 4);
  CHECK(rest.Esi == 7);
  CHECK(rest.Edi == 8);
  CHECK(rest.SegGs == 0x23);
  CHECK(rest.SegFs == 0x3B);
  CHECK(rest.Dr0 == 0x11);
  CHECK(rest.Dr1 == 0x22);
  CHECK(rest.Dr2 == 0x33);
  CHECK(rest.Dr3 == 0x44);
  CHECK(rest.Dr6 == 1);
  CHECK(rest.Dr7 == 0x00D10005);
  CHECK(std::memcmp(rest.ExtendedRegisters, floating.fxsave.data(), 512) == 0);
}

TEST_CASE("a context comes back as it was captured") {
  auto context = context_of(PAGEWALK_CONTEXT_ALL);
  capture_context(context, some_registers(), some_floating(), some_debug());
  Registers registers;
  FloatingState floating;
  DebugRegisters debug;
  apply_context(context, registers, floating, debug);
  auto expected = some_floating();
  std::memcpy(expected.fxsave.data() + 28, "\xFF\xFF\0", 4);  // MXCSR's mask is what the processor has
  CHECK(registers == some_registers());
  CHECK(floating == expected);
  CHECK(debug == some_debug());
}

TEST_CASE("flags without the bit of the architecture name nothing") {
  const auto context = context_of(0x3F);
  Registers registers = some_registers();
  FloatingState floating = some_floating();
  DebugRegisters debug = some_debug();
  apply_context(context, registers, floating, debug);
  CHECK(registers == some_registers());
  CHECK(floating == some_floating());
  CHECK(debug == some_debug());
}

// Intel SDM volume 1, 3.4.3: IOPL is bits 12-13, VM 17, VIF 19, VIP 20.
TEST_CASE("privileged flags do not get in, and interrupts stay on") {
  Registers registers;
  FloatingState floating;
  DebugRegisters debug;
  auto context = context_of(PAGEWALK_CONTEXT_CONTROL);
  context.EFlags = 0xFFFFFFFF;
  apply_context(context, registers, floating, debug);
  CHECK(registers.eflags == 0x00244FD7);  // and RF, which is not the processor's here
  CHECK(debug.resumes);
  context.EFlags = 0;
  apply_context(context, registers, floating, debug);
  CHECK(registers.eflags == 0x202);
  CHECK_FALSE(debug.resumes);
}

// Enables, conditions and lengths (Intel SDM volume 3, figure 17-1) are what a user may set of DR7.
TEST_CASE("of debug registers a context sets what a user may have") {
  Registers registers = some_registers();
  FloatingState floating = some_floating();
  DebugRegisters debug = some_debug();
  auto context = context_of(PAGEWALK_CONTEXT_DEBUG_REGISTERS);
  context.Dr0 = 0x7FFEFFFF;
  context.Dr1 = 0x7FFF0000;
  context.Dr2 = 0x80000000;
  context.Dr3 = 0xFFFFFFFF;
  context.Dr6 = context.Dr7 = 0xFFFFFFFF;
  apply_context(context, registers, floating, debug);
  CHECK(debug ==
        DebugRegisters{
            .addresses = {0x7FFEFFFF, 0, 0, 0}, .status = 0xE00F, .control = 0xFFFF0155, .resumes = true});
  CHECK(registers == some_registers());
  CHECK(floating == some_floating());
}

TEST_CASE("selectors that ring 3 cannot load are replaced") {
  for (const uint32_t wanted : {0x08u, 0x10u, 0x13u, 0x0Bu, 0x38u, 0x0Fu, 0x18u, 0xFFFFu, 0xABCDFFFFu}) {
    INFO(wanted);
    Registers registers;
    FloatingState floating;
    DebugRegisters debug;
    auto context = context_of(PAGEWALK_CONTEXT_CONTROL | PAGEWALK_CONTEXT_SEGMENTS);
    context.SegCs = context.SegSs = context.SegDs = context.SegEs = context.SegFs = context.SegGs = wanted;
    apply_context(context, registers, floating, debug);
    CHECK(registers.cs == 0x1B);
    CHECK(registers.ss == 0x23);
    CHECK(registers.ds == 0x23);
    CHECK(registers.es == 0x23);
    CHECK(registers.fs == 0x3B);
    CHECK(registers.gs == 0);
  }
}

TEST_CASE("selectors that ring 3 may load are kept, null ones too") {
  Registers registers;
  FloatingState floating;
  DebugRegisters debug;
  auto context = context_of(PAGEWALK_CONTEXT_SEGMENTS);
  context.SegDs = 0x1B;
  context.SegEs = 0;
  context.SegFs = 0x23;
  context.SegGs = 0x3B;
  apply_context(context, registers, floating, debug);
  CHECK(registers.ds == 0x1B);
  CHECK(registers.es == 0);
  CHECK(registers.fs == 0x23);
  CHECK(registers.gs == 0x3B);
}

TEST_CASE("bits of MXCSR that do not exist are dropped") {
  Registers registers;
  FloatingState floating;
  DebugRegisters debug;
  auto context = context_of(PAGEWALK_CONTEXT_EXTENDED_REGISTERS);
  std::memset(context.ExtendedRegisters, 0xFF, sizeof context.ExtendedRegisters);
  apply_context(context, registers, floating, debug);
  uint32_t mxcsr;
  std::memcpy(&mxcsr, floating.fxsave.data() + 24, sizeof mxcsr);
  CHECK(mxcsr == 0xFFFF);
}

TEST_CASE("FloatSave decides about x87, ExtendedRegisters about SSE") {
  Registers registers;
  FloatingState floating;
  DebugRegisters debug;
  auto context = context_of(PAGEWALK_CONTEXT_FLOATING_POINT | PAGEWALK_CONTEXT_EXTENDED_REGISTERS);
  capture_context(context, registers, floating, debug);
  context.FloatSave.ControlWord = 0xFFFF027F;
  context.ExtendedRegisters[160] = 77;  // XMM0
  apply_context(context, registers, floating, debug);
  CHECK(x87_fault(floating).control == 0x027F);
  CHECK(floating.fxsave[160] == std::byte{77});
}

}  // namespace
}  // namespace emu
