#include "mm/pagefile/slot.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

namespace mm::test {
namespace {

TEST_CASE("A slot that is not kept goes back", "[pagefile]") {
  SlotMap map;
  map.extend({8});
  const SlotRun run = map.allocate({1});
  {
    const Slot slot(map, {.file = 0, .slot = run.first});
    CHECK(map.in_use(run.first));
  }
  CHECK_FALSE(map.in_use(run.first));
  CHECK(map.used() == PageCount{0});
}

TEST_CASE("A slot that is kept, or handed on, is given back by nobody else", "[pagefile]") {
  SlotMap map;
  map.extend({8});
  const SlotRun run = map.allocate({2});
  CHECK(Slot(map, {.file = 3, .slot = run.first}).keep() == x86::PagingFileSlot{3, run.first});
  CHECK(map.in_use(run.first));
  {
    Slot first(map, {.file = 0, .slot = run.first + 1});
    const Slot second(std::move(first));
    CHECK(map.used() == PageCount{2});
  }
  CHECK(map.used() == PageCount{1});
}

TEST_CASE("Of slots one behind the other those go back that were not taken", "[pagefile]") {
  SlotMap map;
  map.extend({8});
  const SlotRun run = map.allocate({4});
  REQUIRE(run.size == PageCount{4});
  {
    Slots slots(map, 0, run);
    CHECK(slots.take().keep().slot == run.first);
    CHECK(slots.take().keep().slot == run.first + 1);
    (void)slots.take();
    CHECK(map.used() == PageCount{3});
    CHECK((slots.size() == PageCount{1} && slots.first() == run.first + 3));
  }
  CHECK(map.used() == PageCount{2});
  CHECK((map.in_use(run.first) && map.in_use(run.first + 1)));
}

}  // namespace
}  // namespace mm::test
