#include "emulator/kernel/exceptions/debug_unit.h"

#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/processes/thread.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using mm::NtStatus;
using test::kCode;
using test::kData;
using test::TestMachine;

// What follows every piece of code: ud2.
constexpr int kEnd[] = {0x0F, 0x0B};

struct Met {
  NtStatus status{};
  uint32_t offset = 0;  // of EIP
  uint32_t dr6 = 0;
  Registers registers;
};

// The thread is gone when the run ends.
class FirstException final : public LifeListener {
 public:
  void on_unhandled_exception(const Thread& thread, const Exception& exception) override {
    CHECK(exception.address.value == thread.registers.eip);
    CHECK(thread.debug_registers.due == 0);
    met = {exception.status(), thread.registers.eip - kCode.value, thread.debug_registers.status,
           thread.registers};
  }
  Met met;
};

// Runs the code to its first exception, which nobody handles.
Met first_exception(std::vector<int> code, const DebugRegisters& registers, uint32_t ecx = 0,
                    uint32_t eflags = 0x202) {
  TestMachine test;
  code.insert(code.end(), std::begin(kEnd), std::end(kEnd));
  std::vector<std::byte> bytes;
  bytes.reserve(code.size());
  for (const int byte : code) bytes.push_back(static_cast<std::byte>(byte));
  REQUIRE(test.memory->write(kCode, bytes) == NtStatus::Success);
  FirstException observer;
  test.machine->kernel().listeners().lives.add(observer);
  test.thread->debug_registers = registers;
  test.thread->registers.ecx = ecx;
  test.thread->registers.edi = kData.value;
  test.thread->registers.eflags = eflags;
  CHECK(test.machine->run() == Machine::RunEnd::ProcessesEnded);
  return observer.met;
}

// L0, with R/W0 and LEN0.
DebugRegisters one(uint32_t address, uint32_t condition, uint32_t length) {
  return {.addresses = {address}, .control = 1 | condition << 16 | (length - 1) << 18};
}
constexpr uint32_t kExecution = 0, kWrite = 1, kAccess = 3;

TEST_CASE("an execution breakpoint is a fault, and the resume flag passes it") {
  const std::vector<int> code{0x90, 0x40, 0x90};
  auto met = first_exception(code, one(kCode.value + 1, kExecution, 1));
  CHECK(met.status == NtStatus::SingleStep);
  CHECK(met.offset == 1);
  CHECK(met.dr6 == 1);
  met = first_exception(code, one(kCode.value, kExecution, 1));
  CHECK(met.offset == 0);
  auto resumed = one(kCode.value, kExecution, 1);
  resumed.resumes = true;
  met = first_exception(code, resumed);
  CHECK(met.status == NtStatus::IllegalInstruction);
  resumed.addresses[0] = kCode.value + 1;
  CHECK(first_exception(code, resumed).offset == 1);  // it holds for one instruction
}

// Before the fetch's own fault, as before every other.
TEST_CASE("an execution breakpoint comes before its instruction's page fault") {
  const std::vector<int> jump{0xE9, 0xFB, 0xFF, 0x02, 0x00};  // to kCode + 0x30000, where nothing is
  CHECK(first_exception(jump, {}).status == NtStatus::AccessViolation);
  const auto met = first_exception(jump, one(kCode.value + 0x30000, kExecution, 1));
  CHECK(met.status == NtStatus::SingleStep);
  CHECK(met.offset == 0x30000);
  auto resumed = one(kCode.value, kExecution, 1);
  resumed.resumes = true;
  CHECK(first_exception({0xA1, 0, 0, 0, 0}, resumed).status == NtStatus::AccessViolation);
}

TEST_CASE("a data breakpoint is a trap") {
  const std::vector<int> write{0x90, 0x89, 0x07},
      read{0x90, 0x8B, 0x07};  // nop; mov [edi],eax; or the reverse
  auto met = first_exception(write, one(kData.value, kWrite, 4));
  CHECK(met.status == NtStatus::SingleStep);
  CHECK(met.offset == 3);
  CHECK(met.dr6 == 1);
  CHECK(first_exception(read, one(kData.value, kWrite, 4)).status == NtStatus::IllegalInstruction);
  CHECK(first_exception(read, one(kData.value, kAccess, 4)).offset == 3);
  CHECK(first_exception(write, one(kData.value + 3, kAccess, 1)).status == NtStatus::SingleStep);
  CHECK(first_exception(write, one(kData.value + 4, kAccess, 4)).status == NtStatus::IllegalInstruction);
}

TEST_CASE("EFLAGS.TF says BS, beside what else there is") {
  const std::vector<int> write{0x89, 0x07};
  CHECK(first_exception(write, {}, 0, 0x302).dr6 == 0x4000);
  const auto met = first_exception(write, one(kData.value, kWrite, 4), 0, 0x302);
  CHECK(met.dr6 == 0x4001);
  CHECK(met.offset == 2);
  CHECK(first_exception(write, one(kCode.value, kExecution, 1), 0, 0x302).dr6 == 1);
}

// Intel SDM volume 3, 17.3.1.2
TEST_CASE("a repeated string instruction is left behind the iteration that met it") {
  const std::vector<int> fill{0xF3, 0xAB};
  auto met = first_exception(fill, one(kData.value + 8, kWrite, 4), 6);
  CHECK(met.status == NtStatus::SingleStep);
  CHECK(met.offset == 0);
  CHECK(met.registers.ecx == 3);
  CHECK(met.registers.edi == kData.value + 12);
  met = first_exception(fill, one(kData.value + 8, kWrite, 4), 3);
  CHECK(met.offset == 2);
  CHECK(met.registers.ecx == 0);
  CHECK(first_exception(fill, one(kData.value, kWrite, 4), 0).status == NtStatus::IllegalInstruction);
}

// Every enable, condition, length and address at once, and on pages that are not there.
TEST_CASE("no debug registers at all upset the host") {
  const std::vector<int> code{0x89, 0x07, 0xF3, 0xAB, 0x50, 0x58};
  for (const uint32_t control : {0xFFFFFFFFu, 0xFFFF0155u, 0x55u, 0x11110055u, 0x22220055u, 0x77770155u})
    for (const uint32_t address : {0u, 1u, 0x7FFEFFFFu, 0x7FFE0000u, 0x80000000u, 0xC0300000u, 0xFFFFFFFFu,
                                   kData.value + 0xFFF, kCode.value + 1}) {
      CAPTURE(control, address);
      const auto met = first_exception(
          code, {.addresses = {address, address, address, address}, .control = control}, 5000);
      CHECK((met.status == NtStatus::IllegalInstruction || met.status == NtStatus::SingleStep));
    }
}

}  // namespace
}  // namespace emu
