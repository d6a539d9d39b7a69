#include <catch2/catch_test_macros.hpp>

#include "emulator/board/clock.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/structures.h"
#include "mm/memory_manager.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using mm::NtStatus;
using test::eax_of;
using test::kData;
using test::kThisProcess;
using test::TestMachine;

constexpr uint32_t kNothing = 0x00500000;
constexpr uint32_t kBase = kData.value;      // in and out: base
constexpr uint32_t kSize = kData.value + 4;  // in and out: size
constexpr uint32_t kOld = kData.value + 8;
constexpr uint32_t kIoStatus = kData.value + 16;
constexpr uint32_t kText = kData.value + 64;
constexpr uint32_t kInput = 4, kOutput = 8, kError = 12;

void put(TestMachine& test, uint32_t at, uint32_t value) {
  REQUIRE(test.memory->store(mm::VirtualAddress{at}, value) == NtStatus::Success);
}
void put_text(TestMachine& test, uint32_t at, std::string_view text) {
  REQUIRE(test.memory->write({at}, std::as_bytes(std::span(text))) == NtStatus::Success);
}
std::string get_text(TestMachine& test, uint32_t at, size_t size) {
  std::string text(size, '?');
  REQUIRE(test.memory->read({at}, std::as_writable_bytes(std::span(text))) == NtStatus::Success);
  return text;
}

TEST_CASE("memory is allocated, protected, asked about and freed through the services") {
  TestMachine test;
  put(test, kBase, 0x00600123);
  put(test, kSize, 0x1000);
  CHECK(test.call(services::NtAllocateVirtualMemory, {kThisProcess, kBase, 0, kSize, 0x3000, 4}) == 0);
  CHECK(test.load<uint32_t>({kBase}) == 0x00600000);
  CHECK(test.load<uint32_t>({kSize}) == 0x2000);  // the pages that the bytes touch
  put(test, kSize, 1);
  CHECK(test.call(services::NtProtectVirtualMemory, {kThisProcess, kBase, kSize, 2, kOld}) == 0);
  CHECK(test.load<uint32_t>({kSize}) == 0x1000);
  CHECK(test.load<uint32_t>({kOld}) == 4);
  CHECK(test.call(services::NtQueryVirtualMemory, {kThisProcess, 0x00600000, 0, kText, 28, kOld}) == 0);
  CHECK(test.load<uint32_t>({kOld}) == 28);
  const auto information = test.load<abi::MemoryBasicInformation>({kText});
  CHECK(information.Protect == 2);
  CHECK(information.RegionSize == 0x1000);
  put(test, kSize, 0);
  CHECK(test.call(services::NtFreeVirtualMemory, {kThisProcess, kBase, kSize, 0x8000}) == 0);
  CHECK(test.memory->load<uint8_t>({0x00600000}).error() == NtStatus::AccessViolation);
}

TEST_CASE("a service that cannot put its answer anywhere does nothing") {
  TestMachine test;
  put(test, kBase, 0x00600000);
  put(test, kSize, 0x1000);
  const uint32_t refused = eax_of(NtStatus::AccessViolation);
  const auto charge = test.machine->kernel().statistics().commit.charge;
  CHECK(test.call(services::NtAllocateVirtualMemory, {kThisProcess, kNothing, 0, kSize, 0x3000, 4}) ==
        refused);
  CHECK(test.call(services::NtAllocateVirtualMemory, {kThisProcess, kBase, 0, 0x80000000, 0x3000, 4}) ==
        refused);
  CHECK(test.call(services::NtProtectVirtualMemory, {kThisProcess, kBase, kSize, 2, 0xFFFFFFFE}) == refused);
  CHECK(test.call(services::NtQueryVirtualMemory, {kThisProcess, kBase, 0, kNothing, 28, 0}) == refused);
  CHECK(test.machine->kernel().statistics().commit.charge == charge);
}

// The variables that the answers go to lie in the pages that go, or that can be written no more.
TEST_CASE("a service whose answers cannot be written any more has succeeded") {
  TestMachine test;
  constexpr uint32_t kOwn = 0x00600000;
  test.allocate({kOwn}, 0x2000, mm::x86::page::kReadWrite);
  put(test, kOwn, kOwn);
  put(test, kOwn + 4, 0x1000);
  CHECK(test.call(services::NtProtectVirtualMemory, {kThisProcess, kOwn, kOwn + 4, 2, kOwn + 8}) == 0);
  CHECK(test.call(services::NtProtectVirtualMemory, {kThisProcess, kOwn, kOwn + 4, 4, kOld}) ==
        eax_of(NtStatus::AccessViolation));  // the probe
  put(test, kBase, kOwn);
  put(test, kSize, 0x1000);
  CHECK(test.call(services::NtProtectVirtualMemory, {kThisProcess, kBase, kSize, 4, kOld}) == 0);
  CHECK(test.load<uint32_t>({kOld}) == 2);
  put(test, kOwn, kOwn);
  put(test, kOwn + 4, 0);
  CHECK(test.call(services::NtFreeVirtualMemory, {kThisProcess, kBase, kOwn + 4, 0x4000}) == 0);
  CHECK(test.memory->load<uint8_t>({kOwn}).error() == NtStatus::AccessViolation);
  put(test, kSize, 0);
  CHECK(test.call(services::NtFreeVirtualMemory, {kThisProcess, kBase, kSize, 0x8000}) == 0);
}

TEST_CASE("the type of a free is looked at before any pointer") {
  TestMachine test;
  for (const uint32_t type : {0u, 0x1000u, 0xC000u, 0xFFFFFFFFu})
    CHECK(test.call(services::NtFreeVirtualMemory, {kThisProcess, kNothing, kNothing, type}) ==
          eax_of(NtStatus::InvalidParameter4));
  CHECK(test.call(services::NtFreeVirtualMemory, {kThisProcess, kNothing, kNothing, 0x8000}) ==
        eax_of(NtStatus::AccessViolation));
}

TEST_CASE("what is read and written across processes is counted, where the count can be put") {
  TestMachine test;
  constexpr uint32_t kOwn = 0x00600000;
  test.allocate({kOwn}, 0x1000, mm::x86::page::kReadWrite);
  for (auto* service : {services::NtReadVirtualMemory, services::NtWriteVirtualMemory}) {
    put_text(test, kText, "old old ");
    // Refused before anything is copied.
    CHECK(test.call(service, {kThisProcess, kOwn, kText, 8, kNothing}) == eax_of(NtStatus::AccessViolation));
    CHECK(get_text(test, kText, 8) == "old old ");
    CHECK(test.call(service, {kThisProcess, kOwn + 0xFFD, kText, 8, kOld}) == eax_of(NtStatus::PartialCopy));
    CHECK(test.load<uint32_t>({kOld}) == 3);
    CHECK(test.call(service, {kThisProcess, kNothing, kText, 8, kOld}) == eax_of(NtStatus::PartialCopy));
    CHECK(test.load<uint32_t>({kOld}) == 0);
    CHECK(test.call(service, {kThisProcess, kOwn, kText, 8, 0}) == 0);
  }
}

// VM_COUNTERS, and VM_COUNTERS_EX with PrivateUsage behind it; VirtualSize is what is reserved or committed.
TEST_CASE("a process's memory counters have both of their sizes") {
  TestMachine test;
  constexpr uint32_t kVmCounters = 3, kBytes = 44, kBytesEx = 48, kPeakSize = 0, kVirtualSize = 4;
  const auto counter = [&](uint32_t offset) { return test.load<uint32_t>({kText + offset}); };
  const auto query = [&](uint32_t size) {
    return test.call(services::NtQueryInformationProcess, {kThisProcess, kVmCounters, kText, size, kOld});
  };
  CHECK(query(kBytes - 1) == eax_of(NtStatus::InfoLengthMismatch));
  put(test, kText + kBytes, 0x12345678);
  REQUIRE(query(kBytes) == 0);
  CHECK(test.load<uint32_t>({kOld}) == kBytes);
  CHECK(counter(kBytes) == 0x12345678);
  const uint32_t before = counter(kVirtualSize);
  CHECK(before > 2 * test::kAreaBytes);
  test.allocate({0x20000000}, 0x01000000, mm::x86::page::kReadWrite, mm::allocation::kReserve);
  REQUIRE(query(kBytesEx) == 0);
  CHECK(test.load<uint32_t>({kOld}) == kBytesEx);
  CHECK(counter(kVirtualSize) == before + 0x01000000);
  CHECK(counter(kBytes) == counter(36));  // private usage: its pages' commit, as PagefileUsage
  REQUIRE(test.machine->kernel().memory().free_virtual_memory(
      test.process.space(), {{0x20000000}, 0x00800000}, mm::allocation::kRelease));
  REQUIRE(query(kBytesEx) == 0);
  CHECK(counter(kVirtualSize) == before + 0x00800000);
  CHECK(counter(kPeakSize) == before + 0x01000000);
}

// An event, its name and a VAD are nonpaged pool (Windows Internals, "Memory pools").
TEST_CASE("a process's memory counters tell of the pool that is used for it") {
  TestMachine test;
  constexpr uint32_t kVmCounters = 3, kBytes = 44, kPeakPool = 28, kPool = 32;
  const auto counter = [&](uint32_t offset) {
    REQUIRE(test.call(services::NtQueryInformationProcess, {kThisProcess, kVmCounters, kText, kBytes, 0}) ==
            0);
    return test.load<uint32_t>({kText + offset});
  };
  const uint32_t before = counter(kPool);
  CHECK(before == test.process.pool_quota->used());
  REQUIRE(test.call(services::NtCreateEvent, {kOld, 0x1F0003, 0, 0, 0}) == 0);
  const uint32_t with_event = counter(kPool);
  CHECK(with_event > before);
  test.allocate({0x20000000}, 0x10000, mm::x86::page::kReadWrite, mm::allocation::kReserve);
  const uint32_t most = counter(kPool);
  CHECK(most > with_event);
  REQUIRE(test.call(services::NtClose, {test.load<uint32_t>({kOld})}) == 0);
  CHECK(counter(kPool) == before + most - with_event);
  CHECK(counter(kPeakPool) >= most);
}

TEST_CASE("other processes' handles are refused") {
  TestMachine test;
  put(test, kBase, 0);
  put(test, kSize, 0x1000);
  CHECK(test.call(services::NtAllocateVirtualMemory, {0x77777774, kBase, 0, kSize, 0x3000, 4}) ==
        eax_of(NtStatus::InvalidHandle));
  CHECK(test.call(services::NtAllocateVirtualMemory, {kOutput, kBase, 0, kSize, 0x3000, 4}) ==
        eax_of(NtStatus::ObjectTypeMismatch));
  CHECK(test.call(services::NtTerminateProcess, {0x77777774, 1}) == eax_of(NtStatus::InvalidHandle));
}

TEST_CASE("what is written to the standard handles reaches the console") {
  TestMachine test;
  put_text(test, kText, "hello, error");
  CHECK(test.call(services::NtWriteFile, {kOutput, 0, 0, 0, kIoStatus, kText, 5, 0, 0}) == 0);
  CHECK(test.load<abi::IoStatusBlock>({kIoStatus}).Information == 5);
  CHECK(test.call(services::NtWriteFile, {kError, 0, 0, 0, kIoStatus, kText + 7, 5, 0, 0}) == 0);
  CHECK(test.console.output == "hello");
  CHECK(test.console.error == "error");
  CHECK(test.call(services::NtWriteFile, {kInput, 0, 0, 0, kIoStatus, kText, 5, 0, 0}) ==
        eax_of(NtStatus::AccessDenied));
}

TEST_CASE("a large write arrives whole") {
  TestMachine test;
  test.allocate({0x00700000}, 0x20000, mm::x86::page::kReadWrite);
  std::string text(0x1FFFF, ' ');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 23);
  put_text(test, 0x00700001, text);
  CHECK(test.call(services::NtWriteFile, {kOutput, 0, 0, 0, kIoStatus, 0x00700001, 0x1FFFF, 0, 0}) == 0);
  CHECK(test.console.output == text);
}

TEST_CASE("wild buffers are access violations, with what came before them written") {
  TestMachine test;
  const uint32_t refused = eax_of(NtStatus::AccessViolation);
  CHECK(test.call(services::NtWriteFile, {kOutput, 0, 0, 0, kIoStatus, kNothing, 5, 0, 0}) == refused);
  CHECK(test.call(services::NtWriteFile, {kOutput, 0, 0, 0, kIoStatus, 0xFFFFFFF0, 0x20, 0, 0}) == refused);
  CHECK(test.call(services::NtWriteFile, {kOutput, 0, 0, 0, kIoStatus, kText, 0xFFFFFFFF, 0, 0}) == refused);
  CHECK(test.call(services::NtWriteFile, {kOutput, 0, 0, 0, kNothing, kText, 5, 0, 0}) == refused);
  CHECK(test.call(services::NtReadFile, {kInput, 0, 0, 0, kIoStatus, 0x7FFF0000, 5, 0, 0}) == refused);
}

TEST_CASE("reading takes what is there, then says that it is the end") {
  TestMachine test;
  test.console.input = "line\n";
  CHECK(test.call(services::NtReadFile, {kInput, 0, 0, 0, kIoStatus, kText, 100, 0, 0}) == 0);
  CHECK(test.load<abi::IoStatusBlock>({kIoStatus}).Information == 5);
  CHECK(get_text(test, kText, 5) == "line\n");
  CHECK(test.call(services::NtReadFile, {kInput, 0, 0, 0, kIoStatus, kText, 100, 0, 0}) ==
        eax_of(NtStatus::EndOfFile));
  CHECK(test.call(services::NtReadFile, {kInput, 0, 0, 0, kIoStatus, kText, 0, 0, 0}) == 0);
}

TEST_CASE("a read into memory that cannot be written loses no input") {
  TestMachine test;
  test.console.input = "line\n";
  test.protect(kData + 0x1000, 0x1000, mm::x86::page::kReadOnly);
  CHECK(test.call(services::NtReadFile, {kInput, 0, 0, 0, kIoStatus, kData.value + 0x1000, 5, 0, 0}) ==
        eax_of(NtStatus::AccessViolation));
  CHECK(test.console.input == "line\n");
}

TEST_CASE("a broken output is the guest's affair") {
  TestMachine test;
  test.console.write_status = NtStatus::PipeBroken;
  CHECK(test.call(services::NtWriteFile, {kOutput, 0, 0, 0, kIoStatus, kText, 5, 0, 0}) ==
        eax_of(NtStatus::PipeBroken));
}

TEST_CASE("a closed handle is no handle") {
  TestMachine test;
  CHECK(test.call(services::NtClose, {kOutput}) == 0);
  CHECK(test.call(services::NtClose, {kOutput}) == eax_of(NtStatus::InvalidHandle));
  CHECK(test.call(services::NtWriteFile, {kOutput, 0, 0, 0, kIoStatus, kText, 5, 0, 0}) ==
        eax_of(NtStatus::InvalidHandle));
  for (const uint32_t wild : {0u, 1u, 3u, 0x10000u, 0xFFFFFFFCu})
    CHECK(test.call(services::NtClose, {wild}) == eax_of(NtStatus::InvalidHandle));
}

TEST_CASE("queries of the system and the process answer in the sizes that are asked for") {
  TestMachine test;
  CHECK(test.call(services::NtQuerySystemInformation,
                  {0, kText, sizeof(abi::SystemBasicInformation), kOld}) == 0);
  CHECK(test.load<abi::SystemBasicInformation>({kText}).NumberOfPhysicalPages == 1024);
  CHECK(test.load<uint32_t>({kOld}) == sizeof(abi::SystemBasicInformation));
  CHECK(test.call(services::NtQuerySystemInformation, {0, kText, 4, 0}) ==
        eax_of(NtStatus::InfoLengthMismatch));
  CHECK(test.call(services::NtQuerySystemInformation, {0x7777, kText, 4, 0}) ==
        eax_of(NtStatus::InvalidInfoClass));
  CHECK(test.call(services::NtQuerySystemInformation, {PAGEWALK_SYSTEM_MEMORY_INFORMATION, kText, 20, 0}) ==
        0);
  CHECK(test.load<abi::SystemMemoryInformation>({kText}).TotalPhysicalPages == 1024);
  CHECK(test.call(services::NtQueryInformationProcess, {kThisProcess, 0, kText, 24, 0}) == 0);
  CHECK(test.load<uint32_t>({kText + 4}) == test.process.peb.value);
}

TEST_CASE("time is told in its units") {
  TestMachine test;
  test.machine->kernel().clock().wait_until(Clock::kUptime + std::chrono::seconds(5));
  CHECK(test.call(services::NtGetTickCount, {}) == 65'000);
  CHECK(test.call(services::NtQueryPerformanceCounter, {kText, kText + 8}) == 0);
  CHECK(test.load<uint64_t>({kText}) / test.load<uint64_t>({kText + 8}) == 65);
  CHECK(test.call(services::NtQueryPerformanceCounter, {kNothing, 0}) == eax_of(NtStatus::AccessViolation));
  CHECK(test.call(services::NtQuerySystemTime, {kText}) == 0);
  CHECK(test.load<uint64_t>({kText}) / 10'000'000 == 13'348'540'805);  // 2024-01-01 00:00:05 since 1601
}

TEST_CASE("an exception record with too many parameters is refused") {
  TestMachine test;
  abi::ExceptionRecord record{};
  record.NumberParameters = 16;
  REQUIRE(test.memory->store(kData, record) == NtStatus::Success);
  CHECK(test.call(services::NtRaiseException, {kData.value, 0, 1}) == eax_of(NtStatus::InvalidParameter));
  CHECK(test.call(services::NtRaiseException, {kNothing, 0, 1}) == eax_of(NtStatus::AccessViolation));
}

TEST_CASE("images are mapped by name only, and without a loader not at all") {
  TestMachine test;
  put_text(test, kText, std::string_view("a.dll\0", 6));
  CHECK(test.call(services::PwMapImage, {kText, kOld, 0}) == eax_of(NtStatus::DllNotFound));
  CHECK(test.call(services::PwMapImage, {kNothing, kOld, 0}) == eax_of(NtStatus::AccessViolation));
  CHECK(test.call(services::PwMapImage, {kText, kNothing, 0}) == eax_of(NtStatus::AccessViolation));
  CHECK(test.call(services::NtUnmapViewOfSection, {kThisProcess, kData.value}) ==
        eax_of(NtStatus::NotMappedView));
}

}  // namespace
}  // namespace emu
