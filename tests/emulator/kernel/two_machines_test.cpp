// Machines are apart: any number of them in one process.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using test::TestMachine;

// Adds up `count`, count - 1, ... 1, stores each sum into one of the data area's 16 pages, and ends with it.
std::vector<int> adding_up(uint32_t count) {
  const auto byte = [count](int shift) { return static_cast<int>(count >> shift & 0xFF); };
  return {0x31,     0xC0,     // xor eax,eax
          0xB9,     byte(0),  // mov ecx,count
          byte(8),  byte(16),
          byte(24),        //
          0x01,     0xC8,  // add eax,ecx
          0x89,     0xCA,  // mov edx,ecx
          0xC1,     0xE2,
          0x02,  // shl edx,2
          0x81,     0xE2,
          0xFC,     0xFF,
          0x00,     0x00,  // and edx,0xFFFC
          0x89,     0x82,
          0x00,     0x00,
          0x42,     0x00,  // mov [edx+0x420000],eax
          0x49,            // dec ecx
          0x75,     0xEA,  // jnz to the addition
          0x50,     0x6A,
          0xFF,     0x89,
          0xE2,  // push eax; push -1; mov edx,esp
          0xB8,     PagewalkService_NtTerminateProcess,
          0x00,     0x00,
          0x00,             // mov eax,NtTerminateProcess
          0xCD,     0x2E};  // int 0x2e
}

uint32_t sum_to(uint32_t count) {
  const uint64_t sum = uint64_t{count} * (count + 1) / 2;
  return static_cast<uint32_t>(sum);
}

void check_end(const TestMachine& test, uint32_t count) {
  REQUIRE(test.process.how_ended());
  CHECK(test.process.how_ended()->exit_code == sum_to(count));
  CHECK_FALSE(test.observer.exception);
}

TEST_CASE("a machine runs after another is gone, and as if it had been the first", "[machines]") {
  std::vector<uint64_t> faults;
  for (int i = 0; i < 3; ++i) {
    TestMachine test;
    CHECK(test.run(adding_up(40'000)) == Machine::RunEnd::ProcessesEnded);
    check_end(test, 40'000);
    faults.push_back(test.process.final_statistics().faults.total);
  }
  CHECK(faults[0] != 0);
  CHECK(faults == std::vector(3, faults[0]));
}

TEST_CASE("two machines stand in one process and run in turn", "[machines]") {
  TestMachine first, second;
  CHECK(second.run(adding_up(30'000)) == Machine::RunEnd::ProcessesEnded);
  CHECK(first.run(adding_up(50'000)) == Machine::RunEnd::ProcessesEnded);
  check_end(first, 50'000);
  check_end(second, 30'000);
}

TEST_CASE("machines run at the same time, each on its own thread", "[machines]") {
  constexpr uint32_t kCounts[] = {2'000'000, 3'000'000, 2'500'000};
  std::vector<std::unique_ptr<TestMachine>> machines;
  for (const uint32_t count : kCounts) {
    auto configuration = test::small_machine();
    configuration.verification = Verification::Steps;
    machines.push_back(std::make_unique<TestMachine>(configuration));
    machines.back()->put_code(adding_up(count));
  }
  std::vector<std::thread> threads;
  for (const auto& test : machines) threads.emplace_back([&] { test->machine->run(); });
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < machines.size(); ++i) check_end(*machines[i], kCounts[i]);
}

}  // namespace
}  // namespace emu
