// Decommitting without a page table: what the PDE says, and that no frame is ever needed.
#include <array>
#include <random>

#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

constexpr uint32_t kBase = 0x10000000;
constexpr uint32_t kTable = kLargePageSize;

x86::Pte pde_of(TestMachine& machine, uint32_t address) {
  return x86::walk(state_of(machine).ram, machine.space->root(), {address}).pde();
}

// The issue's own example, in a machine that has not frames enough for the tables.
TEST_CASE("Decommitting 256 MB of untouched memory takes no frame", "[services][decommit]") {
  TestMachine machine({256}, {0x11000});
  REQUIRE(machine.allocate(kBase, 64 * kTable, kReserve | kCommit, page::kReadWrite));
  const Picture before = picture_of(machine);
  REQUIRE(machine.free(kBase, 0, kDecommit) == NtStatus::Success);
  CHECK(picture_of(machine) - before == Picture{.private_commit = -0x10000, .commit = -0x10000});
  CHECK(machine.query(kBase).state == kReserve);
  CHECK(machine.query(kBase).size == 64 * kTable);
  CHECK(machine.access({kBase + 5 * kTable}, Access::Read) == kViolation);
  CHECK(pde_of(machine, kBase) == x86::decommitted_pde());
}

TEST_CASE("A page decommitted in each of 256 tables takes no frame", "[services][decommit]") {
  TestMachine machine({256}, {0x50000});
  const uint32_t tables = 256;
  REQUIRE(machine.allocate(kBase, tables * kTable, kReserve | kCommit, page::kReadWrite));
  const Picture before = picture_of(machine);
  for (uint32_t i = 0; i < tables; ++i) {
    const uint32_t gone = kBase + i * kTable + (i % 1024) * kPageSize;
    REQUIRE(machine.free(gone, kPageSize, kDecommit) == NtStatus::Success);
    CHECK(machine.query(gone).state == kReserve);
    CHECK(machine.query(gone).size == kPageSize);
    CHECK(machine.query(gone + kPageSize).state == kCommit);
  }
  CHECK(picture_of(machine) - before == Picture{.private_commit = -256, .commit = -256});
}

TEST_CASE("Without a paging file and without a frame, a decommit succeeds", "[services][decommit]") {
  TestMachine machine({256}, {0});
  const uint32_t pages = (state_of(machine).commit.limit() - state_of(machine).commit.charged()).value - 2;
  REQUIRE(machine.allocate(kBase, pages * kPageSize, kReserve | kCommit, page::kReadWrite));
  const HeldFrames rest(machine, 0);
  CHECK(machine.free(kBase + 3 * kPageSize, 5 * kPageSize, kDecommit) == NtStatus::Success);
  CHECK(pde_of(machine, kBase) == x86::partly_decommitted_pde());
  CHECK(machine.free(kBase, 0, kDecommit) == NtStatus::Success);
}

TEST_CASE("A table whose pages are all decommitted goes", "[services][decommit]") {
  TestMachine machine;
  const Picture empty = picture_of(machine);
  REQUIRE(machine.allocate(kBase, kTable, kReserve | kCommit, page::kReadWrite));
  const Picture committed = picture_of(machine) - empty;
  CHECK(committed == Picture{.private_commit = 1024, .commit = 1025});
  REQUIRE(machine.write({kBase + 7 * kPageSize}, 7) == kResolved);
  REQUIRE(machine.free(kBase, 0, kDecommit) == NtStatus::Success);
  Picture change = picture_of(machine) - empty;
  CHECK(change.zeroed + change.free == 0);
  CHECK(change.page_tables == 0);
  CHECK(change.commit == 1);
  CHECK(pde_of(machine, kBase) == x86::decommitted_pde());
  REQUIRE(machine.free(kBase, 0, kRelease) == NtStatus::Success);
  change = picture_of(machine) - empty;
  CHECK(change.commit == 0);
  CHECK(pde_of(machine, kBase) == x86::Pte{});
}

TEST_CASE("What is decommitted without a table survives that the table is made", "[services][decommit]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, kTable, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.free(kBase + 0x2000, 0x3000, kDecommit) == NtStatus::Success);
  CHECK(pde_of(machine, kBase) == x86::partly_decommitted_pde());
  REQUIRE(machine.write({kBase}, 1) == kResolved);
  CHECK(pde_of(machine, kBase).valid());
  CHECK(machine.query(kBase).size == 0x2000);
  CHECK(machine.query(kBase + 0x2000).state == kReserve);
  CHECK(machine.query(kBase + 0x2000).size == 0x3000);
  CHECK(machine.query(kBase + 0x5000).state == kCommit);
  CHECK(machine.access({kBase + 0x4000}, Access::Write) == kViolation);
  CHECK(machine.pte({kBase + 0x4000}) == x86::decommitted_pte());
}

TEST_CASE("What was decommitted without a table is committed again", "[services][decommit]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, kTable, kReserve | kCommit, page::kReadWrite));
  for (const uint32_t protect : {page::kReadWrite, page::kReadOnly}) {
    REQUIRE(machine.free(kBase, 0, kDecommit) == NtStatus::Success);
    const Picture before = picture_of(machine);
    REQUIRE(machine.allocate(kBase + 0x2000, 0x2000, kCommit, protect));
    const Picture change = picture_of(machine) - before;
    CHECK(change.commit == 2);
    CHECK(change.page_tables == (protect == page::kReadWrite ? 0 : 1));  // the VAD's word, or an entry's
    CHECK(machine.query(kBase + 0x1000).state == kReserve);
    CHECK(machine.query(kBase + 0x2000).state == kCommit);
    CHECK(machine.query(kBase + 0x2000).size == 0x2000);
    CHECK(machine.query(kBase + 0x2000).protect == protect);
    CHECK(machine.read({kBase + 0x3000}) == 0);
    CHECK(machine.query(kBase + 0x4000).state == kReserve);
  }
}

TEST_CASE("Neighbours in the pages of one table keep what they are", "[services][decommit]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.allocate(kBase + 0x10000, 0x10000, kReserve | kCommit, page::kReadOnly));
  REQUIRE(machine.free(kBase, 0, kDecommit) == NtStatus::Success);
  REQUIRE(machine.free(kBase + 0x11000, 0x1000, kDecommit) == NtStatus::Success);
  REQUIRE(machine.free(kBase, 0, kRelease) == NtStatus::Success);
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));  // in its place
  CHECK(machine.query(kBase).state == kCommit);
  CHECK(machine.query(kBase).size == 0x10000);
  CHECK(machine.query(kBase + 0x11000).state == kReserve);
  // A part is released, the rest stays decommitted.
  REQUIRE(machine.free(kBase, 0, kDecommit) == NtStatus::Success);
  REQUIRE(machine.free(kBase + 0x4000, 0x4000, kRelease) == NtStatus::Success);
  CHECK(machine.query(kBase).state == kReserve);
  CHECK(machine.query(kBase + 0x4000).state == kFree);
  CHECK(machine.query(kBase + 0x8000).state == kReserve);
  CHECK(machine.query(kBase + 0x8000).size == 0x8000);
}

// Random decommits, commits, touches and releases against a model that knows one bit for each page.
TEST_CASE("Decommitted pages are those of a model", "[services][decommit]") {
  enum class Page : uint8_t { Free, Reserved, Committed };
  constexpr uint32_t kPages = 3 * 1024;
  for (uint32_t seed = 1; seed <= 8; ++seed) {
    TestMachine machine({2048}, {8192});
    std::mt19937 random(seed);
    const auto pick = [&](uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random); };
    std::array<Page, kPages> model{};
    REQUIRE(machine.allocate(kBase, kPages * kPageSize, kReserve | kCommit, page::kReadWrite));
    model.fill(Page::Committed);
    for (int step = 0; step < 60; ++step) {
      const uint32_t first = pick(4) == 0 ? pick(3) * 1024 : pick(kPages);
      const uint32_t size = std::min(kPages - first, pick(3) == 0 ? 1024u * (1 + pick(3)) : 1 + pick(64));
      const uint32_t at = kBase + first * kPageSize;
      const uint32_t what = pick(8);
      bool changed = false;
      if (what < 4) changed = machine.free(at, size * kPageSize, kDecommit) == NtStatus::Success;
      if (what >= 4 && what < 6)
        changed = machine.allocate(at, size * kPageSize, kCommit, page::kReadWrite).has_value();
      if (what == 6) {
        CHECK((machine.access({at}, Access::Write) == kResolved) == (model[first] == Page::Committed));
      }
      if (what == 7 && pick(4) == 0) {
        if (machine.free(at, kPageSize, kRelease) == NtStatus::Success) model[first] = Page::Free;
      }
      if (changed) std::fill_n(model.begin() + first, size, what < 4 ? Page::Reserved : Page::Committed);
      for (uint32_t i = 0; i < kPages;) {
        const RegionInformation region = machine.query(kBase + i * kPageSize);
        const Page expected = region.state == kFree      ? Page::Free
                              : region.state == kReserve ? Page::Reserved
                                                         : Page::Committed;
        const uint32_t end = std::min(kPages, i + region.size / kPageSize);
        for (; i < end; ++i) REQUIRE(model[i] == expected);
      }
    }
  }
}

}  // namespace
}  // namespace mm::test
