#include "emulator/kernel/processes/user_stack.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>

#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/thread.h"
#include "guest/abi/structures.h"
#include "mm/memory_manager.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using mm::NtStatus;
using test::TestMachine;

uint32_t teb_field(TestMachine& test, size_t offset) {
  return test.load<uint32_t>(test.thread->teb() + static_cast<uint32_t>(offset));
}
void set_teb_field(TestMachine& test, size_t offset, uint32_t value) {
  REQUIRE(test.memory->store(test.thread->teb() + static_cast<uint32_t>(offset), value) == NtStatus::Success);
}
NtStatus touch(TestMachine& test, uint32_t address) { return test.memory->store<uint32_t>({address}, 1); }

mm::RegionInformation query(TestMachine& test, uint32_t address) {
  const auto region = test.machine->kernel().memory().query_virtual_memory(test.process.space(), {address});
  REQUIRE(region);
  return *region;
}

TEST_CASE("a new stack is reserved as a whole, committed at its top, with a guard page below") {
  TestMachine test(test::small_machine(), {0x10000, 0x1800});
  const uint32_t base = teb_field(test, offsetof(abi::Teb, StackBase));
  const uint32_t bottom = teb_field(test, offsetof(abi::Teb, DeallocationStack));
  CHECK(base - bottom == 0x10000);
  CHECK(teb_field(test, offsetof(abi::Teb, StackLimit)) == base - 0x2000);
  CHECK(query(test, base - 0x2000).protect == mm::x86::page::kReadWrite);
  CHECK(query(test, base - 0x3000).protect == (mm::x86::page::kReadWrite | mm::x86::page::kGuard));
  CHECK(query(test, base - 0x4000).state == mm::allocation::kReserve);
}

TEST_CASE("a stack that must be committed whole is made larger, not left without its guard") {
  TestMachine test(test::small_machine(), {0x1000, 0x10000});
  const uint32_t base = teb_field(test, offsetof(abi::Teb, StackBase));
  CHECK(base - teb_field(test, offsetof(abi::Teb, DeallocationStack)) == 0x100000);
  CHECK(query(test, base - 0x11000).protect == (mm::x86::page::kReadWrite | mm::x86::page::kGuard));
}

TEST_CASE("the stack grows page by page to the last but one, and then overflows") {
  TestMachine test;  // 16 pages
  const uint32_t base = teb_field(test, offsetof(abi::Teb, StackBase));
  uint32_t page = base - 0x1000;
  for (int i = 0; i < 13; ++i) {
    page -= 0x1000;
    INFO(i);
    REQUIRE(touch(test, page) == NtStatus::Success);
    REQUIRE(teb_field(test, offsetof(abi::Teb, StackLimit)) == page);
    REQUIRE(query(test, page - 0x1000).protect == (mm::x86::page::kReadWrite | mm::x86::page::kGuard));
  }
  CHECK(touch(test, page - 0x1000) == NtStatus::StackOverflow);
  CHECK(touch(test, page - 0x1000) == NtStatus::Success);  // a handler has this page to run on
  CHECK(touch(test, page - 0x2000) == NtStatus::AccessViolation);
  CHECK(page - 0x2000 == teb_field(test, offsetof(abi::Teb, DeallocationStack)));
}

TEST_CASE("guaranteed bytes are left when the stack overflows, and committed") {
  TestMachine test;
  set_teb_field(test, offsetof(abi::Teb, GuaranteedStackBytes), 0x3000);
  const uint32_t bottom = teb_field(test, offsetof(abi::Teb, DeallocationStack));
  uint32_t page = teb_field(test, offsetof(abi::Teb, StackLimit)) - 0x1000;
  while (touch(test, page) == NtStatus::Success) page -= 0x1000;
  CHECK(page == bottom + 0x4000);
  CHECK(teb_field(test, offsetof(abi::Teb, StackLimit)) == bottom + 0x1000);
  CHECK(query(test, bottom + 0x1000).protect == mm::x86::page::kReadWrite);
  for (uint32_t address = bottom + 0x1000; address < page; address += 0x1000)
    CHECK(touch(test, address) == NtStatus::Success);
}

TEST_CASE("skipping the guard page is an access violation") {
  TestMachine test;
  const uint32_t limit = teb_field(test, offsetof(abi::Teb, StackLimit));
  CHECK(touch(test, limit - 0x2000) == NtStatus::AccessViolation);
}

TEST_CASE("a guard page that is put back after an overflow makes the stack overflow again") {
  TestMachine test;
  const uint32_t bottom = teb_field(test, offsetof(abi::Teb, DeallocationStack));
  uint32_t page = teb_field(test, offsetof(abi::Teb, StackLimit)) - 0x1000;
  while (touch(test, page) == NtStatus::Success) page -= 0x1000;
  REQUIRE(page == bottom + 0x1000);
  // The page above the last one: the stack grows by that, then it is at its end.
  for (const uint32_t guard : {page, page + 0x1000}) {
    test.protect({guard}, 0x1000, mm::x86::page::kReadWrite | mm::x86::page::kGuard);
    uint32_t at = guard;
    while (touch(test, at) == NtStatus::Success) at -= 0x1000;
    CHECK(at == page);
    CHECK(teb_field(test, offsetof(abi::Teb, StackLimit)) == page);
    CHECK(touch(test, page) == NtStatus::Success);
  }
  test.machine->kernel().memory().verify();
}

TEST_CASE("a guard page in the part of the stack that is in use grows it from there") {
  TestMachine test;
  const uint32_t limit = teb_field(test, offsetof(abi::Teb, StackLimit));
  REQUIRE(touch(test, limit - 0x1000) == NtStatus::Success);
  test.protect({limit}, 0x1000, mm::x86::page::kReadWrite | mm::x86::page::kGuard);
  CHECK(touch(test, limit) == NtStatus::Success);
  CHECK(teb_field(test, offsetof(abi::Teb, StackLimit)) == limit);
  CHECK(query(test, limit - 0x1000).protect == (mm::x86::page::kReadWrite | mm::x86::page::kGuard));
  CHECK(touch(test, limit - 0x1000) == NtStatus::Success);
  CHECK(teb_field(test, offsetof(abi::Teb, StackLimit)) == limit - 0x1000);
}

TEST_CASE("a guard page outside the stack is the program's own affair") {
  TestMachine test;
  const uint32_t base = teb_field(test, offsetof(abi::Teb, StackBase));
  const uint32_t limit = teb_field(test, offsetof(abi::Teb, StackLimit));
  set_teb_field(test, offsetof(abi::Teb, StackBase), limit);
  test.protect({limit}, 0x1000, mm::x86::page::kReadWrite | mm::x86::page::kGuard);
  CHECK(touch(test, limit) == NtStatus::GuardPageViolation);
  set_teb_field(test, offsetof(abi::Teb, StackBase), base);
  set_teb_field(test, offsetof(abi::Teb, DeallocationStack), limit);
  CHECK(touch(test, limit - 0x1000) == NtStatus::GuardPageViolation);
  CHECK(teb_field(test, offsetof(abi::Teb, StackLimit)) == limit);
}

TEST_CASE("whatever stands in the TEB, a guard page ends in a status") {
  TestMachine test;
  const uint32_t limit = teb_field(test, offsetof(abi::Teb, StackLimit));
  const uint32_t garbage[][3] = {{0, 0, 0},
                                 {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF},
                                 {0xFFFFFFFF, 0, 0xFFFFFFFF},
                                 {0xFFFFFFFF, limit - 0x1800, 0},
                                 {0x80000000, limit - 0x5678, 0xFFFFF000}};
  for (const auto& [stack_base, deallocation, guaranteed] : garbage) {
    test.protect({limit - 0x1000}, 0x1000, mm::x86::page::kReadWrite | mm::x86::page::kGuard);
    set_teb_field(test, offsetof(abi::Teb, StackBase), stack_base);
    set_teb_field(test, offsetof(abi::Teb, DeallocationStack), deallocation);
    set_teb_field(test, offsetof(abi::Teb, GuaranteedStackBytes), guaranteed);
    const NtStatus status = touch(test, limit - 4);
    CHECK((status == NtStatus::GuardPageViolation || status == NtStatus::StackOverflow));
    test.machine->kernel().memory().verify();
  }
}

TEST_CASE("a TEB that cannot be read makes a stack's guard page an ordinary one") {
  TestMachine test;
  const uint32_t limit = teb_field(test, offsetof(abi::Teb, StackLimit));
  REQUIRE(test.machine->kernel().memory().free_virtual_memory(
      test.process.space(), {test.thread->teb(), 0x1000}, mm::allocation::kDecommit,
      mm::VadSecurity::Secured));
  CHECK(touch(test, limit - 4) == NtStatus::GuardPageViolation);
}

TEST_CASE("a stack that cannot be committed for want of commit overflows") {
  auto configuration = test::small_machine();
  configuration.ram = mm::PageCount{320};
  TestMachine test(configuration, {0x100000, 0x1000});
  uint32_t page = teb_field(test, offsetof(abi::Teb, StackLimit)) - 0x1000;
  const auto limit = test.machine->kernel().statistics().commit.limit.value;
  while (test.machine->kernel().statistics().commit.charge.value < limit &&
         touch(test, page) == NtStatus::Success)
    page -= 0x1000;
  CHECK(touch(test, page) != NtStatus::AccessViolation);
  test.machine->kernel().memory().verify();
}

}  // namespace
}  // namespace emu
