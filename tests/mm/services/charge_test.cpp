// What a call is charged, and that a call which is refused leaves charge, limit, peak and paging file alone.
#include "emulator/kernel/kernel.h"
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

constexpr uint32_t kBase = 0x10000000;
constexpr uint32_t kTable = kLargePageSize;

struct Books {
  CommitStatistics commit;
  PageCount paging_file, page_tables;

  explicit Books(const TestMachine& machine)
      : commit(machine.manager->statistics().commit),
        paging_file(machine.manager->statistics().pagefile.size),
        page_tables(machine.manager->statistics().kernel.page_tables) {}
  void check_unchanged(const TestMachine& machine) const {
    const Books now(machine);
    CHECK(now.commit.charge == commit.charge);
    CHECK(now.commit.limit == commit.limit);
    CHECK(now.commit.peak == commit.peak);
    CHECK(now.paging_file == paging_file);
    CHECK(now.page_tables == page_tables);
  }
};

uint32_t room(const TestMachine& machine) {
  const MemoryStatistics now = machine.manager->statistics();
  return (now.commit.limit - now.commit.charge + (now.pagefile.maximum - now.pagefile.size)).value;
}

TEST_CASE("A reservation that commits and is refused changes nothing", "[services][charge]") {
  TestMachine machine({256}, {16}, {0x1000});
  // The tables alone would fit, and would have the paging file extended.
  REQUIRE(
      machine.allocate(0x40000000, (room(machine) - 600) * kPageSize, kReserve | kCommit, page::kReadWrite));
  const uint32_t left = room(machine);
  const Books before(machine);
  const auto refused = machine.allocate(kBase, left * kPageSize, kReserve | kCommit, page::kReadWrite);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == NtStatus::CommitmentLimit);
  before.check_unchanged(machine);
  REQUIRE(machine.allocate(kBase, (left - 1) * kPageSize, kReserve | kCommit, page::kReadWrite));
  CHECK(room(machine) == 0);
}

TEST_CASE("A commit in a reservation that is refused changes nothing", "[services][charge]") {
  TestMachine machine({256}, {16}, {0x400});
  REQUIRE(machine.allocate(kBase, 4 * kTable, kReserve, page::kReadWrite));
  const uint32_t left = room(machine);
  const Books before(machine);
  const uint32_t tables = left / 1024 + 1;
  const auto refused = machine.allocate(kBase, (left - tables + 1) * kPageSize, kCommit, page::kReadWrite);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == NtStatus::CommitmentLimit);
  before.check_unchanged(machine);
  REQUIRE(machine.allocate(kBase, (left - tables) * kPageSize, kCommit, page::kReadWrite));
  CHECK(room(machine) == 0);
}

TEST_CASE("A commit that finds no frame for its tables changes nothing", "[services][charge]") {
  TestMachine machine({256}, {0}, {0});
  REQUIRE(machine.allocate(kBase, 4 * kTable, kReserve, page::kReadWrite));
  const HeldFrames rest(machine, 1);
  const Books before(machine);
  // Two pages, of two tables: there is a frame for the first.
  const auto refused = machine.allocate(kBase + kTable - kPageSize, 2 * kPageSize, kCommit, page::kReadWrite);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == NtStatus::NoMemory);
  before.check_unchanged(machine);
}

// "Reserves a range of the process's virtual address space without allocating any actual physical storage in
// memory or in the paging file on disk" (Microsoft's page on VirtualAlloc).
TEST_CASE("Reserving is charged nothing; a commit is charged its pages and their tables",
          "[services][charge]") {
  TestMachine machine;
  const Picture before = picture_of(machine);
  REQUIRE(machine.allocate(kBase, 16 * kTable, kReserve, page::kReadWrite));
  CHECK(picture_of(machine) - before == Picture{});
  REQUIRE(machine.allocate(kBase + kTable, kPageSize, kCommit, page::kReadWrite));
  CHECK((picture_of(machine) - before).commit == 2);
  REQUIRE(machine.allocate(kBase + kTable + kPageSize, kPageSize, kCommit, page::kReadWrite));
  CHECK((picture_of(machine) - before).commit == 3);
  REQUIRE(machine.free(kBase + kTable, 2 * kPageSize, kDecommit) == NtStatus::Success);
  CHECK((picture_of(machine) - before).commit == 0);
  CHECK((picture_of(machine) - before).page_tables == 0);
}

// "Introduction to page files": the limit is physical memory and all page files together. The reserve of 26
// frames never holds what is new, so it is not counted.
TEST_CASE("The commit limit is the RAM that can be given out and the paging file", "[services][charge]") {
  struct Row {
    uint32_t ram, file;
  };
  for (const Row& row : {Row{256, 0}, {256, 1024}, {4096, 0}, {65536, 512}}) {
    TestMachine machine({row.ram}, {row.file});
    const uint32_t reserve = row.file > 0 ? 26 : 0;
    CHECK(machine.manager->statistics().commit.limit == PageCount{row.ram - reserve + row.file});
  }
}

// What is charged can be had: at the limit, every page holds what was written to it.
TEST_CASE("Everything up to the commit limit can be touched, again and again", "[services][charge]") {
  struct Row {
    uint32_t ram, file;
  };
  for (const Row& row : {Row{256, 0}, {256, 1}, {256, 40}, {256, 300}, {300, 3000}}) {
    INFO(row.ram << " frames, " << row.file << " slots");
    TestMachine machine({row.ram}, {row.file});
    uint32_t pages = room(machine);
    pages -= (pages + 1023) / 1024;
    REQUIRE(machine.allocate(kBase, pages * kPageSize, kReserve | kCommit, page::kReadWrite));
    CHECK(room(machine) == 0);
    for (uint32_t round = 0; round < 2; ++round) {
      for (uint32_t i = 0; i < pages; ++i) {
        const VirtualAddress at{kBase + i * kPageSize};
        if (round > 0) REQUIRE(machine.read(at) == i + round - 1);
        REQUIRE(machine.write(at, i + round) == kResolved);
      }
    }
  }
}

}  // namespace
}  // namespace mm::test
