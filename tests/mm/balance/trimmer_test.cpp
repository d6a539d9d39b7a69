#include "mm/balance/trimmer.h"

#include <algorithm>
#include <numeric>

#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

constexpr uint32_t kNewest = kNewestKept.value;
const Kept kNothing{};

// A machine with pages in its working set, from `base` on.
struct Pages {
  TestMachine machine{PageCount{512}, PageCount{512}};
  uint32_t base = 0;

  explicit Pages(uint32_t count, uint32_t protect = x86::page::kReadWrite) {
    base = machine.commit(count * kPageSize, protect);
    for (uint32_t i = 0; i < count; ++i) REQUIRE(machine.access(address(i), Access::Read) == kResolved);
  }
  VirtualAddress address(uint32_t i) const { return {base + i * kPageSize}; }

  void use(uint32_t i) { REQUIRE(machine.access(address(i), Access::Read) == kResolved); }
  void age() { CHECK(trim(state_of(machine), PageCount{0}, kNothing) == PageCount{0}); }

  // Trims `wanted` pages; which ones went.
  std::vector<uint32_t> trimmed(uint32_t wanted, uint32_t count, Kept keep = kNothing) {
    const PageCount gone = trim(state_of(machine), {wanted}, keep);
    check_consistent(machine);
    std::vector<uint32_t> pages;
    for (uint32_t i = 0; i < count; ++i) {
      if (!machine.pte(address(i)).valid()) pages.push_back(i);
    }
    CHECK(gone.value == pages.size());
    return pages;
  }
};

std::vector<uint32_t> numbers(uint32_t first, uint32_t count) {
  std::vector<uint32_t> all(count);
  std::iota(all.begin(), all.end(), first);
  return all;
}

TEST_CASE("Pages of one age go in the order in which they came in", "[balance]") {
  Pages pages(40);
  CHECK(pages.trimmed(5, 40) == numbers(0, 5));
}

TEST_CASE("A page that was used since the last pass stays; what was not is older", "[balance]") {
  Pages pages(40);
  pages.age();
  for (const uint32_t used : {0u, 1u, 3u}) pages.use(used);
  CHECK(pages.trimmed(4, 40) == std::vector<uint32_t>{2, 4, 5, 6});
}

TEST_CASE("The oldest go first", "[balance]") {
  Pages pages(40);
  pages.age();  // everything was used
  for (uint32_t i = 0; i < 40; ++i) {
    if (i != 9) pages.use(i);
  }
  pages.age();  // 9 is 1 old
  for (uint32_t i = 0; i < 40; ++i) {
    if (i != 9 && i != 20) pages.use(i);
  }
  CHECK(pages.trimmed(1, 40) == std::vector<uint32_t>{9});
  CHECK(age_of(pages.machine, pages.address(20)) == 1);
  CHECK(age_of(pages.machine, pages.address(10)) == 0);
}

TEST_CASE("Aging clears Accessed, tells the TLB once, and stops at the oldest age", "[balance]") {
  Pages pages(20);
  CHECK(pages.machine.pte(pages.address(3)).has(x86::Pte::kAccessed));
  const int flushes = pages.machine.tlb.flushes;
  pages.machine.tlb.invalidated.clear();
  pages.age();
  CHECK(pages.machine.tlb.flushes == flushes + 1);
  CHECK(pages.machine.tlb.invalidated.empty());
  CHECK_FALSE(pages.machine.pte(pages.address(3)).has(x86::Pte::kAccessed));
  for (int pass = 0; pass < 300; ++pass) pages.age();
  CHECK(age_of(pages.machine, pages.address(3)) == 127);
}

TEST_CASE("The Dirty bit survives aging", "[balance]") {
  Pages pages(20);
  REQUIRE(pages.machine.write(pages.address(0), 1) == kResolved);
  pages.age();
  CHECK(pages.machine.pte(pages.address(0)).has(x86::Pte::kDirty));
  CHECK(pages.trimmed(1, 20) == numbers(0, 1));
  CHECK(pages.machine.manager->statistics().physical.modified == PageCount{1});
}

TEST_CASE("Data goes before code of the same age, and Accessed says nothing about code", "[balance]") {
  Pages code(10, x86::page::kExecuteReadWrite);
  TestMachine& machine = code.machine;
  const uint32_t data = machine.commit(30 * kPageSize);
  for (uint32_t i = 0; i < 30; ++i)
    REQUIRE(machine.access({data + i * kPageSize}, Access::Read) == kResolved);
  code.age();  // code 1 old though used, data 0
  CHECK(age_of(machine, code.address(0)) == 1);
  CHECK(age_of(machine, {data}) == 0);
  CHECK(machine.pte(code.address(0)).has(x86::Pte::kAccessed));
  for (uint32_t i = 0; i < 10; ++i) code.use(i);  // in vain
  // Now code becomes 2, data 1: code is older.
  CHECK(code.trimmed(3, 10) == numbers(0, 3));
}

TEST_CASE("At the same age, data goes first", "[balance]") {
  Pages code(10, x86::page::kExecuteRead);
  TestMachine& machine = code.machine;
  const uint32_t data = machine.commit(30 * kPageSize);
  for (uint32_t i = 0; i < 30; ++i)
    REQUIRE(machine.access({data + i * kPageSize}, Access::Read) == kResolved);
  for (uint32_t i = 0; i < 30; ++i) {  // not used, so that it ages as code does
    state_of(machine).tables.clear_accessed(entry_of(machine, {data + i * kPageSize}),
                                            machine.pte({data + i * kPageSize}));
  }
  CHECK(code.trimmed(0, 10).empty());
  CHECK(age_of(machine, code.address(0)) == age_of(machine, {data}));
  trim(state_of(machine), {14}, kNothing);
  for (uint32_t i = 0; i < 30; ++i) CHECK(machine.pte({data + i * kPageSize}).valid() == (i >= 14));
  for (uint32_t i = 0; i < 10; ++i) CHECK(machine.pte(code.address(i)).valid());
  CHECK(code.trimmed(5, 10) == numbers(0, 5));  // of the data, only the newest are left
}

TEST_CASE("Code that is used stays as data does once it has come back a few times", "[balance]") {
  Pages code(1, x86::page::kExecuteRead);
  TestMachine& machine = code.machine;
  const uint32_t data = machine.commit(60 * kPageSize);
  const auto use_data = [&](uint32_t i) {
    REQUIRE(machine.access({data + i * kPageSize}, Access::Read) == kResolved);
  };
  for (uint32_t i = 0; i < 60; ++i) use_data(i);
  std::vector<int> recalls;  // at which pass
  constexpr int kPasses = 200;
  for (int pass = 0; pass < kPasses; ++pass) {
    REQUIRE(machine.access(code.address(0), Access::Execute) == kResolved);
    for (uint32_t i = 0; i < 60; ++i) use_data(i);
    trim(state_of(machine), {20}, kNothing);  // more than the newest, which stay
    if (!machine.pte(code.address(0)).valid()) recalls.push_back(pass);
    check_consistent(machine);
  }
  // Each stay is twice as long as the one before, up to 2^5 passes.
  REQUIRE(recalls.size() >= 6);
  CHECK(recalls.size() <= 5 + kPasses / 32);
  for (size_t i = 1; i < recalls.size(); ++i)
    CHECK(recalls[i] - recalls[i - 1] == 1 << std::min<size_t>(i, kMostRecalls));
}

TEST_CASE("Code that lost its frame has to prove itself anew", "[balance]") {
  Pages code(1, x86::page::kExecuteReadWrite);
  TestMachine& machine = code.machine;
  for (int i = 0; i < 3; ++i) {
    trim_out(machine, code.address(0));
    REQUIRE(machine.access(code.address(0), Access::Execute) == kResolved);
  }
  CHECK(frame_of(machine, code.address(0)).recalls == 3);
  page_out(machine, code.address(0));
  REQUIRE(machine.access(code.address(0), Access::Execute) == kResolved);
  CHECK(frame_of(machine, code.address(0)).recalls == 0);
}

TEST_CASE("Data that comes back is no code", "[balance]") {
  Pages pages(1);
  trim_out(pages.machine, pages.address(0));
  pages.use(0);
  CHECK(frame_of(pages.machine, pages.address(0)).recalls == 0);
}

TEST_CASE("The newest pages of the process that runs stay", "[balance]") {
  Pages pages(40);
  CHECK(pages.trimmed(1000, 40) == numbers(0, 40 - kNewest));
  CHECK(trim(state_of(pages.machine), {1000}, kNothing) == PageCount{0});
  Pages few(kNewest);
  CHECK(few.trimmed(1000, kNewest).empty());
}

TEST_CASE("The pages of the instruction stay, both when it crosses a page end", "[balance]") {
  SECTION("within a page") {
    Pages pages(40);
    CHECK(pages.trimmed(4, 40, {pages.address(2)}) == std::vector<uint32_t>{0, 1, 3, 4});
  }
  SECTION("across a page end") {
    Pages pages(40);
    CHECK(pages.trimmed(4, 40, {pages.address(2) + (kPageSize - 14)}) == std::vector<uint32_t>{0, 1, 4, 5});
  }
  SECTION("the longest instruction that ends with its page") {
    Pages pages(40);
    CHECK(pages.trimmed(4, 40, {pages.address(2) + (kPageSize - 15)}) == std::vector<uint32_t>{0, 1, 3, 4});
  }
  SECTION("not in another address space") {
    Pages pages(40);
    const auto other = pages.machine.manager->create_address_space();
    REQUIRE(other);
    pages.machine.manager->make_current(**other);
    CHECK(pages.trimmed(4, 40, {pages.address(2)}) == numbers(0, 4));
  }
}

// Pages that must stay are no candidates: as many others go as were wanted.
TEST_CASE("Old pages that must stay do not save others", "[balance]") {
  Pages pages(60);
  for (int pass = 0; pass < 5; ++pass) {
    pages.age();
    for (uint32_t i = 0; i < 60 - kNewest; ++i) {
      if (i != 7) pages.use(i);
    }
  }
  // The oldest are 7, which is kept for the instruction, and the newest; all others were just used.
  CHECK(pages.trimmed(6, 60, {pages.address(7)}) == numbers(0, 6));
}

TEST_CASE("Processes that do not run keep no page", "[balance]") {
  Pages pages(60);
  TestMachine& machine = pages.machine;
  for (int i = 0; i < 3; ++i) {
    const auto idle = machine.manager->create_address_space();
    REQUIRE(idle);
    const auto region =
        machine.manager->allocate_virtual_memory(**idle, {.size = kNewest * kPageSize,
                                                          .type = allocation::kReserve | allocation::kCommit,
                                                          .protect = x86::page::kReadWrite});
    REQUIRE(region);
    for (uint32_t n = 0; n < kNewest; ++n) {
      REQUIRE(machine.access(region->base + n * kPageSize, Access::Write, Mode::User, *idle) == kResolved);
    }
  }
  for (int pass = 0; pass < 3; ++pass) {
    pages.age();
    for (uint32_t i = 0; i < 60; ++i) pages.use(i);
  }
  CHECK(trim(state_of(machine), {3 * kNewest}, kNothing) == PageCount{3 * kNewest});
  for (uint32_t i = 0; i < 60; ++i) CHECK(machine.pte(pages.address(i)).valid());
  check_consistent(machine);
}

}  // namespace
}  // namespace mm::test
