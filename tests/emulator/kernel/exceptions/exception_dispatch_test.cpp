#include "emulator/kernel/exceptions/exception_dispatch.h"

#include <catch2/catch_test_macros.hpp>

#include "emulator/kernel/processes/thread.h"
#include "guest/abi/context.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using mm::NtStatus;
using test::kCode;
using test::kData;
using test::TestMachine;

constexpr mm::VirtualAddress kDispatcher{0x77F01230};

Exception some_exception(NtStatus status) {
  Exception exception;
  exception.code = static_cast<uint32_t>(status);
  exception.flags = 1;
  exception.nested = {0x1234};
  exception.address = {0x410005};
  exception.parameter_count = 2;
  exception.parameters = {1, 0x8888};
  return exception;
}

Registers registers_at(uint32_t esp) {
  return {.eax = 7, .esp = esp, .eip = 0x410005, .eflags = 0x50747, .ds = 0, .es = 0x1B, .fs = 0, .gs = 0x23};
}

NtStatus enter(TestMachine& test, const Exception& exception, Registers& registers) {
  DebugRegisters debug;
  return enter_exception_dispatcher(*test.memory, exception, kDispatcher, registers, FloatingState{}, debug);
}

TEST_CASE("the guest finds record and context on its stack") {
  TestMachine test;
  Registers registers = registers_at(kData.value + 0x1003);
  REQUIRE(enter(test, some_exception(NtStatus::AccessViolation), registers) == NtStatus::Success);

  const uint32_t esp = kData.value + 0x1000 - 0x33C;
  CHECK(registers.esp == esp);
  CHECK(registers.eip == kDispatcher.value);
  CHECK(registers.eflags == 0x10247);  // without trap and direction flag, and alignment check
  CHECK(registers.cs == 0x1B);
  CHECK(registers.ds == 0x23);
  CHECK(registers.es == 0x23);
  CHECK(registers.fs == 0x3B);
  CHECK(registers.gs == 0);

  const auto frame = test.load<abi::UserExceptionFrame>({esp});
  CHECK(frame.Record == esp + 8);
  CHECK(frame.Context == esp + 0x58);
  CHECK(frame.record.ExceptionCode == 0xC0000005);
  CHECK(frame.record.ExceptionFlags == 1);
  CHECK(frame.record.ExceptionRecord == 0x1234);
  CHECK(frame.record.ExceptionAddress == 0x410005);
  CHECK(frame.record.NumberParameters == 2);
  CHECK(frame.record.ExceptionInformation[0] == 1);
  CHECK(frame.record.ExceptionInformation[1] == 0x8888);
  CHECK(frame.record.ExceptionInformation[2] == 0);
  CHECK(frame.extended.context.ContextFlags == 0x1003F);
  CHECK(frame.extended.context.Esp == kData.value + 0x1003);
  CHECK(frame.extended.context.Eip == 0x410005);
  CHECK(frame.extended.context.Eax == 7);
  CHECK(frame.extended.context.EFlags == 0x50747);
  CHECK(frame.extended.context.SegDs == 0);
  CHECK(frame.extended.context.SegGs == 0x23);
  CHECK(frame.extended.context.FloatSave.ControlWord == 0xFFFF027F);
}

TEST_CASE("a single step is reported with the trap flag off") {
  TestMachine test;
  Registers registers = registers_at(kData.value + 0x1000);
  REQUIRE(enter(test, some_exception(NtStatus::SingleStep), registers) == NtStatus::Success);
  CHECK(test.load<abi::UserExceptionFrame>({registers.esp}).extended.context.EFlags == 0x50647);
}

TEST_CASE("the stack grows for an exception") {
  TestMachine test(test::small_machine(), {0x20000, 0x1000});
  const uint32_t limit = test.thread->registers.esp & ~0xFFFu;
  Registers registers = registers_at(limit + 0x10);
  CHECK(enter(test, some_exception(NtStatus::AccessViolation), registers) == NtStatus::Success);
  CHECK(test.load<uint32_t>(test.thread->teb() + offsetof(abi::Teb, StackLimit)) == limit - 0x1000);
}

TEST_CASE("where the stack has no room for the exception its handlers are told that") {
  TestMachine test(test::small_machine(), {0x10000, 0xD000});
  const uint32_t base = (test.thread->registers.esp & ~0xFFFu) + 0x1000;
  const uint32_t limit = base - 0xD000;  // two pages are left, the last of which is never given
  Registers registers = registers_at(limit + 0x10);
  REQUIRE(enter(test, some_exception(NtStatus::AccessViolation), registers) == NtStatus::Success);
  const auto frame = test.load<abi::UserExceptionFrame>({registers.esp});
  CHECK(frame.record.ExceptionCode == 0xC0000005);
  registers.esp = limit - 0x1000 + 0x10;
  REQUIRE(enter(test, some_exception(NtStatus::AccessViolation), registers) == NtStatus::Success);
  const auto overflow = test.load<abi::UserExceptionFrame>({registers.esp});
  CHECK(overflow.record.ExceptionCode == 0xC00000FD);
  CHECK(overflow.record.ExceptionAddress == 0x410005);
  CHECK(overflow.record.NumberParameters == 2);
  CHECK(overflow.record.ExceptionInformation[0] == 1);
}

TEST_CASE("a stack pointer into nowhere is unusable, and nothing changes") {
  TestMachine test;
  test.protect(kData + 0x4000, 0x1000, mm::x86::page::kReadOnly);
  for (const uint32_t esp : {0u, 0x10u, 0x33Cu, 0x00500000u, 0x80000000u, 0x80000200u, 0xFFFFFFFFu,
                             0x7FFF0000u, kData.value + 0x5000}) {
    INFO(esp);
    Registers registers = registers_at(esp);
    CHECK(enter(test, some_exception(NtStatus::AccessViolation), registers) == NtStatus::AccessViolation);
    CHECK(registers == registers_at(esp));
  }
}

// mov ebx,1; ud2; mov eax,NtTerminateProcess; push ebx; push -1; push ...; the dispatcher, at +0x100, adds 2
// to EIP and 41 to EBX, and calls NtContinue.
TEST_CASE("a thread goes on where its handlers say, with what they say") {
  TestMachine test;
  test.process.ntdll.exception_dispatcher = kCode + 0x100;
  const std::array<uint8_t, 29> dispatcher{0x8B, 0x44, 0x24, 0x04, 0x83, 0x80, 0xB8, 0,    0,    0,
                                           0x02, 0x83, 0x80, 0xA4, 0,    0,    0,    0x29, 0x6A, 0x00,
                                           0x50, 0x89, 0xE2, 0xB8, 0x13, 0,    0,    0,    0xCD};
  REQUIRE(test.memory->write(kCode + 0x100, std::as_bytes(std::span(dispatcher))) == NtStatus::Success);
  REQUIRE(test.memory->store<uint8_t>(kCode + 0x100 + 29, 0x2E) == NtStatus::Success);
  test.run({0xBB, 1, 0, 0, 0, 0x0F, 0x0B, 0x53, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0, 0, 0, 0xCD, 0x2E});
  CHECK_FALSE(test.observer.exception);
  REQUIRE(test.process.how_ended());
  CHECK(test.process.how_ended()->exit_code == 42);
}

// ud2, and a dispatcher that calls NtRaiseException(record, context, FALSE).
TEST_CASE("a second chance ends the process where the exception was") {
  TestMachine test;
  test.process.ntdll.exception_dispatcher = kCode + 0x100;
  const std::array<uint8_t, 22> dispatcher{0x8B, 0x04, 0x24, 0x8B, 0x4C, 0x24, 0x04, 0x6A, 0x00, 0x51, 0x50,
                                           0x89, 0xE2, 0xB8, 0x0D, 0,    0,    0,    0xCD, 0x2E, 0xEB, 0xFE};
  REQUIRE(test.memory->write(kCode + 0x100, std::as_bytes(std::span(dispatcher))) == NtStatus::Success);
  test.run({0xBB, 1, 0, 0, 0, 0x0F, 0x0B});
  REQUIRE(test.observer.exception);
  CHECK(test.observer.exception->status() == NtStatus::IllegalInstruction);
  CHECK(test.observer.exception->address == kCode + 5);
  CHECK(test.observer.registers.eip == kCode.value + 5);
  CHECK(test.observer.registers.ebx == 1);
  CHECK(test.observer.stack_status == NtStatus::Success);
}

TEST_CASE("an exception without a usable stack ends the process, and the thread says why") {
  TestMachine test;
  test.process.ntdll.exception_dispatcher = kCode + 0x100;
  test.run({0xBC, 0x10, 0, 0, 0, 0x0F, 0x0B});  // mov esp,0x10; ud2
  REQUIRE(test.observer.exception);
  CHECK(test.observer.exception->status() == NtStatus::IllegalInstruction);
  CHECK(test.observer.registers.esp == 0x10);
  CHECK(test.observer.stack_status == NtStatus::AccessViolation);
}

// int 0x29 with a dispatcher that would go on.
TEST_CASE("a fast failure asks nobody") {
  TestMachine test;
  test.process.ntdll.exception_dispatcher = kCode + 0x100;
  test.run({0xB9, 5, 0, 0, 0, 0xCD, 0x29});
  REQUIRE(test.observer.exception);
  CHECK(test.observer.exception->status() == NtStatus::StackBufferOverrun);
  CHECK(test.observer.exception->flags == Exception::kNonContinuable);
  CHECK(test.observer.exception->address == kCode + 5);
}

}  // namespace
}  // namespace emu
