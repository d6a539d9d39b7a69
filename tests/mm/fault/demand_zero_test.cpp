#include "mm/process/page_view.h"
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using x86::Pte;
namespace protection = x86::protection;

TEST_CASE("The first touch of a page gives it a zeroed frame", "[fault]") {
  TestMachine machine;
  const VirtualAddress address{machine.commit(2 * kPageSize)};
  REQUIRE(machine.access(address + kPageSize, Access::Read) == kResolved);  // the page table is there
  const Picture before = picture_of(machine);
  CHECK(machine.manager->fault(*machine.space, {address, Access::Read}, {}) == kResolved);
  CHECK(picture_of(machine) - before ==
        Picture{.zeroed = -1, .active = 1, .working_set = 1, .demand_zero = 1, .soft = 1, .faults = 1});
  const Pte pte = machine.pte(address);
  CHECK(pte == x86::valid_pte(pte.frame(), protection::kReadWrite, Mode::User));
  const PageFrame& frame = frame_of(machine, address);
  CHECK(frame.original == x86::demand_zero_pte(protection::kUnset));
  CHECK_FALSE(frame.modified);
  CHECK(machine.tlb.invalidated.empty());
  for (uint32_t i = 0; i < kPageSize; i += 4) REQUIRE(machine.read(address + i) == 0);
  check_consistent(machine);
}

TEST_CASE("The first touch in 4 MB makes a page table as well, which is no fault of its own", "[fault]") {
  TestMachine machine;
  const VirtualAddress address{machine.commit(kPageSize)};
  const Picture before = picture_of(machine);
  CHECK(machine.manager->fault(*machine.space, {address, Access::Write}, {}) == kResolved);
  CHECK(picture_of(machine) - before == Picture{.zeroed = -2,
                                                .active = 2,
                                                .working_set = 1,
                                                .page_tables = 1,
                                                .demand_zero = 1,
                                                .soft = 1,
                                                .faults = 1});
}

TEST_CASE("A page that held something for somebody else reads as zeros", "[fault]") {
  TestMachine machine;
  const VirtualAddress address{machine.commit(kPageSize)};
  for (uint32_t i = 0; i < kPageSize; i += 4) REQUIRE(machine.write(address + i, 0xFFFFFFFF) == kResolved);
  const PageFrameNumber used = machine.pte(address).frame();
  REQUIRE(machine.free(address.value, 0, allocation::kRelease) == NtStatus::Success);
  std::vector<PageFrameNumber> held;
  MachineState& state = state_of(machine);
  state.frames.keep_reserve({0});
  while (state.pfns.next_zeroed()) held.push_back(*state.frames.take_zeroed());
  REQUIRE(state.pfns.count(PageState::Free) == PageCount{2});  // the page's and its table's, the first to go
  for (const PageFrameNumber frame : held) state.pfns.release(frame);

  const VirtualAddress fresh{machine.commit(kPageSize)};
  for (uint32_t i = 0; i < kPageSize; i += 4) REQUIRE(machine.read(fresh + i) == 0);
  const PageFrameNumber table = entry_of(machine, fresh).frame();
  CHECK((machine.pte(fresh).frame() == used || table == used));
}

TEST_CASE("Each protection gets the entry that the processor needs", "[fault]") {
  struct Row {
    uint32_t protect;
    x86::Protection protection;
    uint32_t bits;
  };
  const Row rows[] = {
      {x86::page::kReadOnly, protection::kReadOnly, Pte::kValid | Pte::kUser},
      {x86::page::kReadWrite, protection::kReadWrite,
       Pte::kValid | Pte::kUser | Pte::kWrite | Pte::kWritable},
      {x86::page::kExecute, protection::kExecute, Pte::kValid | Pte::kUser},
      {x86::page::kExecuteRead, protection::kExecuteRead, Pte::kValid | Pte::kUser},
      {x86::page::kExecuteReadWrite, protection::kExecuteReadWrite,
       Pte::kValid | Pte::kUser | Pte::kWrite | Pte::kWritable},
      {x86::page::kReadWrite | x86::page::kNoCache,
       {12},
       Pte::kValid | Pte::kUser | Pte::kWrite | Pte::kWritable | Pte::kCacheDisable},
      {x86::page::kReadOnly | x86::page::kWriteCombine, {25}, Pte::kValid | Pte::kUser | Pte::kWriteThrough},
  };
  for (const Row& row : rows) {
    INFO("PAGE_ constants " << row.protect);
    TestMachine machine;
    const VirtualAddress address{machine.commit(kPageSize, row.protect)};
    CHECK(machine.manager->fault(*machine.space, {address, Access::Read}, {}) == kResolved);
    CHECK((machine.pte(address).raw & ~Pte::kFrameMask) == row.bits);
    CHECK(remembered(machine, address).protection() == row.protection);
    check_consistent(machine);
  }
}

TEST_CASE("A page with a demand-zero entry of its own is protected as that says", "[fault]") {
  TestMachine machine;
  const VirtualAddress address{machine.commit(kPageSize)};
  REQUIRE(machine.protect(address.value, kPageSize, x86::page::kReadOnly));
  CHECK(machine.access(address, Access::Write) == kViolation);
  CHECK(machine.access(address, Access::Read) == kResolved);
  CHECK(machine.access(address, Access::Write) == kViolation);
  CHECK(machine.pte(address).frame().value() != 0);
  CHECK_FALSE(machine.pte(address).has(Pte::kWrite));
}

TEST_CASE("Writing to a page adds nothing but the processor's Dirty bit", "[fault]") {
  TestMachine machine;
  const VirtualAddress address{machine.commit(kPageSize)};
  REQUIRE(machine.read(address) == 0);
  const Picture before = picture_of(machine);
  REQUIRE(machine.write(address, 5) == kResolved);
  CHECK(picture_of(machine) - before == Picture{});
  CHECK(machine.pte(address).has(Pte::kDirty));
}

TEST_CASE("A page that was only read needs no place in the paging file", "[fault]") {
  TestMachine machine;
  const VirtualAddress address{machine.commit(kPageSize)};
  REQUIRE(machine.read(address) == 0);
  page_out(machine, address);
  CHECK(machine.pte(address) == x86::demand_zero_pte(protection::kReadWrite));
  CHECK(machine.manager->statistics().pagefile.writes == PageCount{0});
  REQUIRE(machine.read(address) == 0);
  CHECK(machine.manager->statistics().faults.demand_zero == 2);
}

TEST_CASE("Without a frame, RAM that is full of others' pages is a lack of memory", "[fault]") {
  TestMachine machine;
  const VirtualAddress address{machine.commit(kPageSize)};
  const HeldFrames all(machine);
  const Picture before = picture_of(machine);
  CHECK(machine.manager->fault(*machine.space, {address, Access::Read}, {}) ==
        FaultOutcome::raise(NtStatus::NoMemory));
  CHECK(picture_of(machine) - before == Picture{});
  check_consistent(machine);
}

}  // namespace
}  // namespace mm::test
