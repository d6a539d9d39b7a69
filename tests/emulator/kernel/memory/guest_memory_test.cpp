#include "emulator/kernel/memory/guest_memory.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <vector>

#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/thread.h"
#include "guest/abi/structures.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using mm::NtStatus;
using mm::x86::Pte;
using test::kData;
using test::TestMachine;

constexpr mm::VirtualAddress kNothing{0x00500000};
constexpr mm::VirtualAddress kDataEnd{kData.value + test::kAreaBytes - 4};  // its last four bytes

std::vector<std::byte> pattern(size_t size) {
  std::vector<std::byte> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 256);
  return bytes;
}

TEST_CASE("bytes written across pages are read back, and faulted in on the way") {
  TestMachine test;
  const auto bytes = pattern(10000);
  CHECK(test.memory->write(kData + 123, bytes) == NtStatus::Success);
  std::vector<std::byte> read(bytes.size());
  CHECK(test.memory->read(kData + 123, read) == NtStatus::Success);
  CHECK(read == bytes);
  CHECK(test.load<uint8_t>(kData + 122) == 0);
}

TEST_CASE("captures set Accessed and Dirty as the processor does") {
  TestMachine test;
  CHECK(test.load<uint32_t>(kData) == 0);
  CHECK(test.walk(kData).pde().has(Pte::kAccessed));
  CHECK(test.walk(kData).pte().has(Pte::kAccessed));
  CHECK_FALSE(test.walk(kData).pte().has(Pte::kDirty));
  CHECK(test.memory->store<uint32_t>(kData, 1) == NtStatus::Success);
  CHECK(test.walk(kData).pte().has(Pte::kDirty));
}

TEST_CASE("wild pointers are access violations") {
  TestMachine test;
  std::array<std::byte, 8> bytes{};
  for (const uint32_t address : {0u, 0xFFFFu, kNothing.value, 0x7FFF0000u, 0x7FFEFFFCu, 0x80000000u,
                                 0xC0000000u, 0xFFFFFFFCu, 0xFFFFFFFFu}) {
    INFO(address);
    CHECK(test.memory->read({address}, bytes) == NtStatus::AccessViolation);
    CHECK(test.memory->write({address}, bytes) == NtStatus::AccessViolation);
    CHECK(test.memory->probe_for_write({address}, 8) == NtStatus::AccessViolation);
  }
}

TEST_CASE("no bytes are no access, wherever they are") {
  TestMachine test;
  CHECK(test.memory->read(kNothing, {}) == NtStatus::Success);
  CHECK(test.memory->probe_for_write({0}, 0) == NtStatus::Success);
}

TEST_CASE("shared user data can be read but not written") {
  TestMachine test;
  CHECK(test.load<uint32_t>(mm::kSharedUserData + 0x26C) == 10);
  CHECK(test.memory->store<uint32_t>(mm::kSharedUserData, 1) == NtStatus::AccessViolation);
}

TEST_CASE("a write that meets a read-only page has done the pages before it") {
  TestMachine test;
  test.protect(kData + 0x1000, 0x1000, mm::x86::page::kReadOnly);
  const auto bytes = pattern(0x1800);
  CHECK(test.memory->write(kData, bytes) == NtStatus::AccessViolation);
  CHECK(test.load<uint8_t>(kData + 0xFFF) == static_cast<uint8_t>(bytes[0xFFF]));
  CHECK(test.load<uint8_t>(kData + 0x1000) == 0);
}

TEST_CASE("a guard page tells once") {
  TestMachine test;
  test.protect(kData, 0x1000, mm::x86::page::kReadWrite | mm::x86::page::kGuard);
  CHECK(test.memory->store<uint32_t>(kData, 1) == NtStatus::GuardPageViolation);
  CHECK(test.memory->store<uint32_t>(kData, 1) == NtStatus::Success);
}

TEST_CASE("a capture in the stack's guard page grows the stack") {
  TestMachine test;
  const mm::VirtualAddress limit_at = test.thread->teb() + offsetof(abi::Teb, StackLimit);
  const uint32_t limit = test.load<uint32_t>(limit_at);
  CHECK(test.memory->store<uint32_t>({limit - 4}, 1) == NtStatus::Success);
  CHECK(test.load<uint32_t>(limit_at) == limit - mm::kPageSize);
}

TEST_CASE("strings end at their zero, at the limit, or in a fault") {
  TestMachine test;
  const std::string text(5000, 'x');
  REQUIRE(test.memory->write(kData, std::as_bytes(std::span(text))) == NtStatus::Success);
  CHECK(test.memory->read_string(kData, 5000) == text);
  CHECK(test.memory->read_string(kData, 4999).error() == NtStatus::InvalidParameter);
  REQUIRE(test.memory->write(kDataEnd, std::as_bytes(std::span("xxxx", 4))) == NtStatus::Success);
  CHECK(test.memory->read_string(kDataEnd, 5000).error() == NtStatus::AccessViolation);
  CHECK(test.memory->read_string({0x80000000}, 5000).error() == NtStatus::AccessViolation);
}

TEST_CASE("peeking leaves no trace") {
  TestMachine test;
  std::array<std::byte, 16> bytes{};
  const auto before = test.machine->kernel().statistics().faults.total;
  CHECK(test.machine->kernel().peek(test.process, kData, bytes) == 0);  // committed, but not there yet
  REQUIRE(test.memory->store<uint32_t>(kData, 0x12345678) == NtStatus::Success);
  CHECK(test.machine->kernel().statistics().faults.total == before + 1);
  CHECK(test.machine->kernel().peek(test.process, kData, bytes) == 16);
  CHECK(test.machine->kernel().peek(test.process, kData + 0xFF8, bytes) == 8);
  CHECK(test.machine->kernel().peek(test.process, kNothing, bytes) == 0);
  CHECK(test.machine->kernel().statistics().faults.total == before + 1);
}

}  // namespace
}  // namespace emu
