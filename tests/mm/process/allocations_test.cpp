#include "mm/process/allocations.h"

#include <map>
#include <vector>

#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;

constexpr uint32_t kTable = kLargePageSize;  // what one page table maps

// Charges for page tables: one for each table that exists, or that a VAD reaches into whose untouched pages
// are committed; and one for the directory.
uint32_t expected_table_charge(const MachineState& machine, const AddressSpace& space) {
  std::map<uint32_t, uint32_t> users;
  for (uint32_t index = 0; index < 512; ++index) {
    const EntryPlace place = machine.tables.find(space.root(), VirtualPageNumber(index * 1024));
    if (place.table() == TableState::Resident) ++users[index];
  }
  space.vads.for_each([&](const Vad& vad) {
    if (vad.backing() != VadBacking::Committed) return;
    for (uint32_t page = vad.range().begin.value(); page < vad.range().end.value(); ++page)
      ++users[page / 1024];
  });
  return 1 + static_cast<uint32_t>(users.size());
}

struct Allocations {
  TestMachine machine{{512}, {8192}};
  std::vector<PageRange> ranges() const {
    std::vector<PageRange> all;
    machine.space->vads.for_each([&](const Vad& vad) { all.push_back(vad.range()); });
    return all;
  }
  void reserve(uint32_t base, uint32_t size) {
    REQUIRE(machine.allocate(base, size, kReserve, x86::page::kReadWrite));
  }
  void commit(uint32_t base, uint32_t size) {
    REQUIRE(machine.allocate(base, size, kReserve | kCommit, x86::page::kReadWrite));
  }
  void release(uint32_t base, uint32_t size) {
    REQUIRE(machine.free(base, size, kRelease) == NtStatus::Success);
    CHECK(machine.space->table_charge.pages().value ==
          expected_table_charge(state_of(machine), *machine.space));
  }
  Picture picture() const { return picture_of(machine); }
};

PageRange range(uint32_t begin, uint32_t end) {
  return {VirtualAddress{begin}.page(), VirtualAddress{end}.page()};
}

TEST_CASE("A page table is charged once for all VADs whose pages may need it", "[process]") {
  Allocations all;
  const Picture before = all.picture();
  const auto tables_charged = [&] {
    const Picture change = all.picture() - before;
    return change.commit - change.private_commit;
  };
  all.commit(0x10000000, 0x10000);
  CHECK(tables_charged() == 1);
  all.commit(0x10020000, 0x10000);
  CHECK(tables_charged() == 1);
  all.commit(0x103F0000, 0x20000);  // the end of the same table, the begin of the next
  CHECK(tables_charged() == 2);
  all.reserve(0x10800000, kTable);  // what is reserved needs none
  CHECK(tables_charged() == 2);
  all.release(0x10000000, 0);
  CHECK(tables_charged() == 2);
  all.release(0x103F0000, 0);
  CHECK(tables_charged() == 1);
  all.release(0x10020000, 0);
  CHECK(tables_charged() == 0);
}

TEST_CASE("A page table goes with the last VAD that needs it", "[process]") {
  Allocations all;
  all.commit(0x10000000, 0x10000);
  all.commit(0x10020000, 0x10000);
  REQUIRE(all.machine.write({0x10000000}, 1) == kResolved);
  REQUIRE(all.machine.write({0x10020000}, 2) == kResolved);
  const Picture before = all.picture();
  all.release(0x10000000, 0);
  CHECK(all.picture() - before ==
        Picture{.free = 1, .active = -1, .working_set = -1, .private_commit = -16, .commit = -16});
  all.release(0x10020000, 0);
  CHECK(all.picture() - before == Picture{.free = 3,
                                          .active = -3,
                                          .working_set = -2,
                                          .page_tables = -1,
                                          .private_commit = -32,
                                          .commit = -33});
}

// An allocation of three tables' pages, each page touched, released in part.
struct Large : Allocations {
  static constexpr uint32_t kBase = 0x10000000, kEnd = kBase + 0x30000;
  Large() {
    commit(kBase, kEnd - kBase);
    for (uint32_t address = kBase; address < kEnd; address += kPageSize) {
      REQUIRE(machine.write({address}, address) == kResolved);
    }
  }
  std::vector<PageRange> user_ranges() const {
    std::vector<PageRange> found = ranges();
    found.pop_back();  // KUSER_SHARED_DATA
    return found;
  }
  void check_content(uint32_t begin, uint32_t end) {
    for (uint32_t address = begin; address < end; address += kPageSize) {
      REQUIRE(machine.read({address}) == address);
    }
  }
  void check_gone(uint32_t begin, uint32_t end) {
    for (uint32_t address = begin; address < end; address += kPageSize) {
      REQUIRE(machine.access({address}, Access::Read) == kViolation);
    }
  }
};

TEST_CASE("Releasing part of an allocation leaves the others what they were", "[process]") {
  Large large;
  const Picture before = large.picture();
  const auto gone = [](int64_t pages) {
    return Picture{
        .free = pages, .active = -pages, .working_set = -pages, .private_commit = -pages, .commit = -pages};
  };
  SECTION("the front") {
    large.release(Large::kBase, 0x3000);
    CHECK(large.picture() - before == gone(3));
    CHECK(large.user_ranges() == std::vector{range(Large::kBase + 0x3000, Large::kEnd)});
    large.check_content(Large::kBase + 0x3000, Large::kEnd);
    large.check_gone(Large::kBase, Large::kBase + 0x3000);
    CHECK(large.machine.query(Large::kBase + 0x3000).allocation_base.value == Large::kBase + 0x3000);
  }
  SECTION("the middle") {
    large.release(Large::kBase + 0x5000, 0x2000);
    CHECK(large.picture() - before == gone(2));
    CHECK(large.user_ranges() ==
          std::vector{range(Large::kBase, Large::kBase + 0x5000), range(Large::kBase + 0x7000, Large::kEnd)});
    large.check_content(Large::kBase, Large::kBase + 0x5000);
    large.check_content(Large::kBase + 0x7000, Large::kEnd);
    large.check_gone(Large::kBase + 0x5000, Large::kBase + 0x7000);
  }
  SECTION("the back") {
    large.release(Large::kEnd - 0x4000, 0x4000);
    CHECK(large.picture() - before == gone(4));
    CHECK(large.user_ranges() == std::vector{range(Large::kBase, Large::kEnd - 0x4000)});
    large.check_content(Large::kBase, Large::kEnd - 0x4000);
    large.check_gone(Large::kEnd - 0x4000, Large::kEnd);
  }
  SECTION("page by page, from the middle on") {
    large.release(Large::kBase + 0x10000, 0x1000);
    for (uint32_t address = Large::kBase + 0x11000; address < Large::kEnd; address += kPageSize) {
      large.release(address, kPageSize);
    }
    for (uint32_t address = Large::kBase; address < Large::kBase + 0x10000; address += kPageSize) {
      large.release(address, kPageSize);
    }
    CHECK(large.user_ranges().empty());
    const Picture change = large.picture() - before;
    CHECK(change.private_commit == -0x30);
    CHECK(change.page_tables == -1);
  }
}

TEST_CASE("A part that is released gives up the tables that only it needed", "[process]") {
  Allocations all;
  const Picture before = all.picture();
  const auto tables_charged = [&] {
    const Picture change = all.picture() - before;
    return change.commit - change.private_commit;
  };
  all.commit(0x10000000, 4 * kTable);
  CHECK(tables_charged() == 4);
  all.release(0x10000000 + kTable, kTable + kPageSize);  // all of the second table, a page of the third
  CHECK(tables_charged() == 3);
  all.release(0x10000000, kPageSize);
  CHECK(tables_charged() == 3);
  all.release(0x10000000 + kPageSize, kTable - kPageSize);
  CHECK(tables_charged() == 2);
  all.release(0x10000000 + 3 * kTable, kTable);
  CHECK(tables_charged() == 1);
  all.release(0x10000000 + 2 * kTable + kPageSize, 0);
  CHECK(all.picture() - before == Picture{});
}

TEST_CASE("A part that is split off takes its own commit along", "[process]") {
  Allocations all;
  const Picture before = all.picture();
  all.reserve(0x10000000, 0x100000);
  REQUIRE(all.machine.allocate(0x10002000, 0x3000, kCommit, x86::page::kReadWrite));
  REQUIRE(all.machine.allocate(0x10080000, 0x5000, kCommit, x86::page::kReadWrite));
  all.release(0x10004000, 0x10000);  // one of the first three pages
  CHECK(all.machine.space->vads.find(VirtualAddress{0x10000000}.page())->committed() == PageCount{2});
  CHECK(all.machine.space->vads.find(VirtualAddress{0x10014000}.page())->committed() == PageCount{5});
  CHECK((all.picture() - before).private_commit == 7);
  all.release(0x10000000, 0);
  CHECK((all.picture() - before).private_commit == 5);
  all.release(0x10014000, 0);
  CHECK((all.picture() - before).private_commit == 0);
}

TEST_CASE("A table is charged when a commit has it made", "[process]") {
  Allocations all;
  MachineState& state = state_of(all.machine);
  const PageRange page = range(0x10000000, 0x10001000);
  const PageRange four_tables = range(0x10000000, 0x10000000 + 4 * kTable);
  CHECK(uncharged_tables(state, *all.machine.space, four_tables) == PageCount{4});
  {
    const HeldCommit none(all.machine, 0);
    const auto refused = ensure_charged_tables(state, *all.machine.space, page);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status() == NtStatus::CommitmentLimit);
  }
  {
    const HeldFrames none(all.machine);
    const auto refused = ensure_charged_tables(state, *all.machine.space, page);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().starved());
  }
  const Picture before = all.picture();
  REQUIRE(ensure_charged_tables(state, *all.machine.space, page));
  REQUIRE(ensure_charged_tables(state, *all.machine.space, page));
  CHECK((all.picture() - before).commit == 1);
  CHECK((all.picture() - before).page_tables == 1);
  CHECK(uncharged_tables(state, *all.machine.space, four_tables) == PageCount{3});
  drop_empty_tables(state, *all.machine.space, four_tables);
  CHECK((all.picture() - before).commit == 0);
  CHECK((all.picture() - before).page_tables == 0);
  check_consistent(all.machine);
}

}  // namespace
}  // namespace mm::test
