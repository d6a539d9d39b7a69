#include "mm/process/working_set.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "tests/mm/page_moves.h"
#include "tests/mm/stops.h"

namespace mm::test {
namespace {

namespace protection = x86::protection;

std::vector<uint32_t> pages_of(const WorkingSet& set) {
  std::vector<uint32_t> pages;
  for (WorkingSet::Index index = 0; index < set.end(); ++index)
    if (!set[index].hole()) pages.push_back(set[index].page().value());
  return pages;
}

TEST_CASE("An entry has a page, an age and a protection", "[process]") {
  WorkingSet set;
  const auto index = set.add(VirtualPageNumber(0x7FFE0), protection::kExecuteWriteCopy);
  CHECK(set[index].page() == VirtualPageNumber(0x7FFE0));
  CHECK(set[index].age() == 0);
  CHECK(set[index].protection() == protection::kExecuteWriteCopy);
  set.entries()[index].set_age(WorkingSetEntry::kOldest);
  set.set_protection(index, x86::Protection{28});
  CHECK(set[index].page() == VirtualPageNumber(0x7FFE0));
  CHECK(set[index].age() == 127);
  CHECK(set[index].protection() == x86::Protection{28});
  set.remove(index);
  CHECK(set.size() == PageCount{0});
  CHECK(stops([&] { set.remove(index); }));
}

TEST_CASE("The order in which pages came in survives every removal and compaction", "[process]") {
  CHECK(rc::check([] {
    WorkingSet set;
    std::vector<uint32_t> model;
    std::vector<WorkingSet::Index> where(0x800);
    const auto steps = *rc::gen::container<std::vector<uint32_t>>(rc::gen::inRange<uint32_t>(1, 0x800));
    for (const uint32_t page : steps) {
      const auto known = std::find(model.begin(), model.end(), page);
      if (known != model.end()) {
        set.remove(where[page]);
        model.erase(known);
      } else {
        where[page] = set.add(VirtualPageNumber(page), protection::kReadWrite);
        model.push_back(page);
      }
      if (page % 8 == 0)
        set.compact([&](VirtualPageNumber moved, WorkingSet::Index index) { where[moved.value()] = index; });
      RC_ASSERT(pages_of(set) == model);
      RC_ASSERT(set.size().value == model.size());
      for (const uint32_t there : model) RC_ASSERT(set[where[there]].page().value() == there);
    }
  }));
}

TEST_CASE("A working set has at most half as many holes as pages, but for a few", "[process]") {
  TestMachine machine({2048});
  constexpr uint32_t kPages = 1200;
  const uint32_t base = machine.commit(kPages * kPageSize);
  const WorkingSet& set = machine.space->working_set;
  for (uint32_t i = 0; i < kPages; ++i)
    REQUIRE(machine.manager->fault(*machine.space, {{base + i * kPageSize}}, {}) == kResolved);
  for (uint32_t round = 0; round < 3; ++round) {
    for (uint32_t i = 1; i < kPages; ++i) trim_out(machine, {base + i * kPageSize});
    trim_out(machine, {base});
    for (uint32_t i = 0; i < kPages; ++i) {
      REQUIRE(machine.manager->fault(*machine.space, {{base + i * kPageSize}}, {}) == kResolved);
      CHECK(set.end() <= set.size().value * 3 / 2 + 64);
    }
  }
  // Every other page, so that holes lie everywhere and what is compacted moves.
  for (uint32_t round = 0; round < 8; ++round) {
    for (uint32_t i = round % 2; i < kPages; i += 2) trim_out(machine, {base + i * kPageSize});
    for (uint32_t i = round % 2; i < kPages; i += 2) {
      REQUIRE(machine.manager->fault(*machine.space, {{base + i * kPageSize}}, {}) == kResolved);
      CHECK(set.end() <= set.size().value * 3 / 2 + 64);
    }
    check_consistent(machine);
  }
}

}  // namespace
}  // namespace mm::test
