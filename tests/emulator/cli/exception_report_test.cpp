#include "emulator/cli/exception_report.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::TestMachine;

class Reporter final : public LifeListener {
 public:
  explicit Reporter(const Kernel& kernel) : kernel_(kernel) {}
  void on_unhandled_exception(const Thread& thread, const Exception& exception) override {
    text = exception_report(kernel_, thread, exception);
  }
  std::string text;

 private:
  const Kernel& kernel_;
};

std::string report_of(TestMachine& test, std::initializer_list<int> code) {
  Reporter reporter(test.machine->kernel());
  test.machine->kernel().listeners().lives.add(reporter);
  test.run(code);
  CHECK(std::count(reporter.text.begin(), reporter.text.end(), '\n') < 24);  // one screen
  return reporter.text;
}
std::string report_of(std::initializer_list<int> code) {
  TestMachine test;
  return report_of(test, code);
}

TEST_CASE("a write into reserved memory is told with everything about the address") {
  TestMachine test;
  test.allocate({0x00600000}, 0x20000, mm::x86::page::kReadWrite, mm::allocation::kReserve);
  const std::string text = report_of(test, {0xB8, 0x23, 0x51, 0x60, 0x00, 0xC7, 0x00, 1, 0, 0, 0});
  CHECK_THAT(text, ContainsSubstring("0xc0000005, STATUS_ACCESS_VIOLATION"));
  CHECK_THAT(text, ContainsSubstring("0x00410005  c7 00 01 00 00 00  mov dword ptr [eax], 1"));
  CHECK_THAT(text, ContainsSubstring("eax=00605123"));
  CHECK_THAT(text, ContainsSubstring("0x00605123, writing"));
  CHECK_THAT(text, ContainsSubstring("0x00600000-0x0061ffff, allocated PAGE_READWRITE; here reserved"));
  CHECK_THAT(text, ContainsSubstring("PDE       0x001"));
  CHECK_THAT(text, ContainsSubstring("PTE       0x205"));
  CHECK_THAT(text, ContainsSubstring("the page is reserved but not committed"));
}

TEST_CASE("each kind of refusal has its sentence") {
  const auto write_to = [](TestMachine& test, uint32_t address) {
    return report_of(test, {0xA3, static_cast<int>(address & 0xFF), static_cast<int>(address >> 8 & 0xFF),
                            static_cast<int>(address >> 16 & 0xFF), static_cast<int>(address >> 24)});
  };
  const auto fresh = [&](uint32_t address) {
    TestMachine test;
    return write_to(test, address);
  };
  CHECK_THAT(fresh(0x10), ContainsSubstring("a null pointer"));
  CHECK_THAT(fresh(0x00900000), ContainsSubstring("nothing is allocated at this address"));
  CHECK_THAT(fresh(0x80000000), ContainsSubstring("the address is the system's"));
  CHECK_THAT(fresh(0xFFFFFFFC), ContainsSubstring("the address is the system's"));
  CHECK_THAT(report_of({0xA0, 0xFF, 0xFF, 0xFF, 0xFF}), ContainsSubstring("0xffffffff, reading"));
  CHECK_THAT(fresh(0x7FFF0000), ContainsSubstring("never given out"));
  CHECK_THAT(fresh(0x7FFE0000), ContainsSubstring("may not be written"));
  TestMachine read_only;
  read_only.protect(test::kData, 0x1000, mm::x86::page::kReadOnly);
  CHECK_THAT(write_to(read_only, test::kData.value), ContainsSubstring("the page may not be written"));
  TestMachine no_access;
  no_access.protect(test::kData, 0x1000, mm::x86::page::kNoAccess);
  CHECK_THAT(write_to(no_access, test::kData.value), ContainsSubstring("committed with no access"));
  TestMachine guard;
  guard.protect(test::kData, 0x1000, mm::x86::page::kReadWrite | mm::x86::page::kGuard);
  CHECK_THAT(write_to(guard, test::kData.value), ContainsSubstring("STATUS_GUARD_PAGE_VIOLATION"));
}

TEST_CASE("exceptions without an address are told without one") {
  CHECK_THAT(report_of({0x31, 0xC9, 0xF7, 0xF1}), ContainsSubstring("STATUS_INTEGER_DIVIDE_BY_ZERO"));
  CHECK_THAT(report_of({0xF4}), ContainsSubstring("hlt"));
  CHECK_THAT(report_of({0xCD, 0x80}), ContainsSubstring("the processor gives no address"));
  CHECK_THAT(report_of({0xB8, 0, 0, 0x90, 0, 0xFF, 0xE0}), ContainsSubstring("cannot be read"));
}

}  // namespace
}  // namespace emu
