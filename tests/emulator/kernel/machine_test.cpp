#include "emulator/kernel/machine.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>

#include "emulator/board/clock.h"
#include "emulator/cpu/cpu.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/time/cost.h"
#include "guest/abi/structures.h"
#include "mm/memory_manager.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using mm::NtStatus;
using test::kCode;
using test::TestMachine;

constexpr int kExit = PagewalkService_NtTerminateProcess;

TEST_CASE("a process ends with the code that it gives") {
  TestMachine test;
  // push 0x12345678; push -1; mov edx,esp; mov eax,NtTerminateProcess; int 0x2e
  CHECK(test.run({0x68, 0x78, 0x56, 0x34, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, kExit, 0, 0, 0, 0xCD, 0x2E}) ==
        Machine::RunEnd::ProcessesEnded);
  CHECK(test.process.how_ended()->kind == ProcessEnd::Kind::Exited);
  CHECK(test.process.how_ended()->exit_code == 0x12345678);
  CHECK_FALSE(test.observer.exception);
  CHECK(test.machine->kernel().statistics().commit.charge >
        test.machine->kernel().memory().statistics().commit.charge);
}

// Runs `code` and expects it to end in `status` raised `offset` bytes behind its begin.
Exception expect_exception(std::initializer_list<int> code, NtStatus status, uint32_t offset) {
  TestMachine test;
  test.run(code);
  REQUIRE(test.observer.exception);
  CHECK(test.observer.exception->status() == status);
  CHECK(test.observer.exception->address == kCode + offset);
  CHECK(test.observer.registers.eip == kCode.value + offset);
  CHECK(test.process.how_ended()->kind == ProcessEnd::Kind::UnhandledException);
  CHECK(test.process.how_ended()->exit_code == test::eax_of(status));
  return *test.observer.exception;
}

TEST_CASE("what the processor refuses becomes the exception that Windows makes of it") {
  expect_exception({0x90, 0xCC}, NtStatus::Breakpoint, 1);
  expect_exception({0x31, 0xC9, 0x31, 0xD2, 0xF7, 0xF1}, NtStatus::IntegerDivideByZero, 4);  // div ecx
  expect_exception({0x90, 0xF4}, NtStatus::PrivilegedInstruction, 1);                        // hlt
  expect_exception({0x90, 0xFA}, NtStatus::PrivilegedInstruction, 1);                        // cli
  expect_exception({0xE4, 0x60}, NtStatus::PrivilegedInstruction, 0);                        // in al,0x60
  expect_exception({0x0F, 0x20, 0xC0}, NtStatus::PrivilegedInstruction, 0);                  // mov eax,cr0
  expect_exception({0x0F, 0x0B}, NtStatus::IllegalInstruction, 0);                           // ud2
  expect_exception({0xB0, 0x7F, 0x04, 0x01, 0xCE}, NtStatus::IntegerOverflow, 4);            // into
}

TEST_CASE("a general protection fault is an access violation without an address") {
  const auto selector = expect_exception({0x66, 0xB8, 0x08, 0x00, 0x8E, 0xD8}, NtStatus::AccessViolation, 4);
  CHECK(selector.parameters[1] == kNoAddress);
  const auto interrupt = expect_exception({0xCD, 0x80}, NtStatus::AccessViolation, 0);
  CHECK(interrupt.parameters[1] == kNoAddress);
}

TEST_CASE("an access violation names the byte and what was done to it") {
  // mov eax,0x00500123; mov [eax],ecx
  const auto write =
      expect_exception({0xB8, 0x23, 0x01, 0x50, 0x00, 0x89, 0x08}, NtStatus::AccessViolation, 5);
  CHECK(write.parameter_count == 2);
  CHECK(write.parameters[0] == 1);
  CHECK(write.parameters[1] == 0x00500123);
  CHECK(faulting_access(write).access == mm::Access::Write);
  // mov ecx,[0x80000010]
  const auto read = expect_exception({0x8B, 0x0D, 0x10, 0x00, 0x00, 0x80}, NtStatus::AccessViolation, 0);
  CHECK(read.parameters[0] == 0);
  CHECK(read.parameters[1] == 0x80000010);
  CHECK(faulting_access(read).access == mm::Access::Read);
}

TEST_CASE("a jump into nothing faults at its destination") {
  TestMachine test;
  test.run({0xB8, 0x10, 0x00, 0x50, 0x00, 0xFF, 0xE0});  // mov eax,0x00500010; jmp eax
  REQUIRE(test.observer.exception);
  CHECK(test.observer.exception->address.value == 0x00500010);
  CHECK(test.observer.exception->parameters[1] == 0x00500010);
  CHECK(faulting_access(*test.observer.exception).access == mm::Access::Execute);
}

TEST_CASE("deep recursion grows the stack and ends in a stack overflow") {
  TestMachine test;
  test.run({0xE8, 0xFB, 0xFF, 0xFF, 0xFF});  // call itself
  REQUIRE(test.observer.exception);
  CHECK(test.observer.exception->status() == NtStatus::StackOverflow);
  CHECK(test.machine->kernel().statistics(test.process).faults.guard ==
        14);  // 16 pages less the first and the last
}

TEST_CASE("unknown services and argument lists in nowhere are statuses") {
  TestMachine test;
  // mov eax,0x1234; int 0x2e; mov esi,eax; mov eax,0; mov edx,0x00500000; int 0x2e; int3
  test.run({0xB8, 0x34, 0x12, 0,    0, 0xCD, 0x2E, 0x89, 0xC6, 0xB8, 0,
            0,    0,    0,    0xBA, 0, 0,    0x50, 0,    0xCD, 0x2E, 0xCC});
  CHECK(test.observer.registers.esi == test::eax_of(NtStatus::InvalidSystemService));
  CHECK(test.observer.registers.eax == test::eax_of(NtStatus::AccessViolation));
}

TEST_CASE("a delay takes virtual time and no other") {
  TestMachine test;
  // push -1; push -10000000 (1 s); mov ecx,esp; push ecx; push 0; mov edx,esp; mov eax,NtDelayExecution; int
  // 0x2e; int3
  test.run({0x6A, 0xFF, 0x68, 0x80, 0x69, 0x67, 0xFF, 0x89,
            0xE1, 0x51, 0x6A, 0,    0x89, 0xE2, 0xB8, PagewalkService_NtDelayExecution,
            0,    0,    0,    0xCD, 0x2E, 0xCC});
  CHECK(test.observer.registers.eax == 0);
  const Duration passed = test.machine->kernel().clock().since_boot() - Clock::kUptime;
  CHECK(passed >= std::chrono::milliseconds(1000));
  CHECK(passed < std::chrono::milliseconds(1002));
}

TEST_CASE("RDTSC tells virtual time and takes some") {
  TestMachine test;
  test.run({0x0F, 0x31, 0x89, 0xC6, 0x0F, 0x31, 0xCC});  // rdtsc; mov esi,eax; rdtsc; int3
  CHECK(test.observer.registers.eax == test.observer.registers.esi + Clock::kTimeStamp.count());
}

TEST_CASE("an instruction limit stops an endless loop") {
  auto configuration = test::small_machine();
  configuration.max_instructions = 1000;
  TestMachine test(configuration);
  CHECK(test.run({0xEB, 0xFE}) == Machine::RunEnd::InstructionLimit);
  CHECK(test.machine->board().cpu().instructions_retired() == 1000);
  CHECK(test.process.running());
}

TEST_CASE("two runs are the same to the last counter") {
  const auto run = [] {
    TestMachine test;
    test.run({0xE8, 0xFB, 0xFF, 0xFF, 0xFF});
    const auto& faults = test.machine->kernel().statistics(test.process).faults;
    return std::tuple(faults.total, faults.guard, test.machine->kernel().clock().since_boot(),
                      test.observer.registers);
  };
  CHECK(run() == run());
}

TEST_CASE("the TEB and PEB tell the thread who it is") {
  TestMachine test;
  const mm::VirtualAddress teb = test.thread->teb();
  test.run({0x64, 0xA1, 0x18, 0, 0, 0, 0x64, 0x8B, 0x1D, 0x30, 0, 0, 0,
            0xCC});  // mov eax,fs:[18h]; mov ebx,fs:[30h]
  CHECK(test.observer.registers.eax == teb.value);
  CHECK(test.observer.registers.ebx == test.process.peb.value);
  CHECK(test.process.peb.value == 0x7FFDF000);
  CHECK(teb.value == 0x7FFDE000);
}

TEST_CASE("a machine that cannot be is refused with a sentence") {
  MachineConfiguration configuration;
  configuration.ram = mm::PageCount{16};
  CHECK_FALSE(Machine::create(configuration, nullptr));
  configuration = test::small_machine();
  configuration.pagefile_size = configuration.pagefile_maximum = mm::PageCount{256};
  configuration.pagefile_folder = "/nowhere";
  const auto machine = Machine::create(configuration, nullptr);
  REQUIRE_FALSE(machine);
  CHECK(machine.error() == "no paging file can be made in /nowhere");
}

}  // namespace
}  // namespace emu
