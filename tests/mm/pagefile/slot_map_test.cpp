#include "mm/pagefile/slot_map.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/mm/stops.h"

namespace mm::test {
namespace {

SlotMap map_of(uint32_t slots) {
  SlotMap map;
  map.extend({slots});
  return map;
}

void check_run(const SlotRun& run, uint32_t first, uint32_t size) {
  CHECK(run.first == first);
  CHECK(run.size == PageCount{size});
}

TEST_CASE("A map without room has no slot to give", "[pagefile]") {
  SlotMap map;
  CHECK(map.capacity() == PageCount{0});
  CHECK(map.used() == PageCount{0});
  CHECK(map.allocate({1}).size == PageCount{0});
}

TEST_CASE("Slots are given from 1 on, one run after the other", "[pagefile]") {
  SlotMap map = map_of(10);
  CHECK(map.capacity() == PageCount{10});
  check_run(map.allocate({4}), 1, 4);
  check_run(map.allocate({4}), 5, 4);
  check_run(map.allocate({4}), 9, 2);
  CHECK(map.allocate({1}).size == PageCount{0});
  CHECK(map.used() == PageCount{10});
  CHECK_FALSE(map.in_use(11));
}

TEST_CASE("The search goes on where the last run ended, and wraps around", "[pagefile]") {
  SlotMap map = map_of(10);
  check_run(map.allocate({6}), 1, 6);
  map.release(2);
  map.release(3);
  check_run(map.allocate({2}), 7, 2);
  check_run(map.allocate({4}), 9, 2);
  check_run(map.allocate({4}), 2, 2);
  CHECK(map.used() == PageCount{10});
}

TEST_CASE("A run ends at the first slot in use", "[pagefile]") {
  SlotMap map = map_of(10);
  check_run(map.allocate({10}), 1, 10);
  for (const uint32_t slot : {2u, 3u, 5u, 6u, 7u}) map.release(slot);
  check_run(map.allocate({8}), 2, 2);
  check_run(map.allocate({8}), 5, 3);
}

TEST_CASE("New room is behind the old", "[pagefile]") {
  SlotMap map = map_of(2);
  check_run(map.allocate({2}), 1, 2);
  CHECK(map.allocate({1}).size == PageCount{0});
  map.extend({3});
  CHECK(map.capacity() == PageCount{5});
  check_run(map.allocate({9}), 3, 3);
}

TEST_CASE("Slot 0 and slots not in use are not released", "[pagefile]") {
  SlotMap map = map_of(4);
  (void)map.allocate({1});
  CHECK(stops([&] { map.release(0); }));
  CHECK(stops([&] { map.release(2); }));
  CHECK(stops([&] { map.release(99); }));
  map.release(1);
  CHECK(stops([&] { map.release(1); }));
}

// Against a set of the slots in use, and what a run is.
TEST_CASE("Any sequence of runs, releases and growth keeps the map right", "[pagefile]") {
  REQUIRE(rc::check([](const std::vector<std::pair<uint8_t, uint8_t>>& steps) {
    auto capacity = *rc::gen::inRange<uint32_t>(1, 40);
    SlotMap map = map_of(capacity);
    std::set<uint32_t> used;
    for (const auto& [what, value] : steps) {
      if (what % 16 == 0) {
        map.extend({value % 8u});
        capacity += value % 8u;
      } else if (what % 2 == 0 && !used.empty()) {
        const auto victim = std::next(used.begin(), value % static_cast<int>(used.size()));
        map.release(*victim);
        used.erase(victim);
      } else {
        const uint32_t wanted = 1 + value % 16u;
        const SlotRun run = map.allocate({wanted});
        RC_ASSERT(run.size.value <= wanted);
        RC_ASSERT((run.size.value == 0) == (used.size() == capacity));
        const uint32_t end = run.first + run.size.value;
        for (uint32_t slot = run.first; slot < end; ++slot) RC_ASSERT(slot != 0 && used.insert(slot).second);
        const bool could_go_on = run.size.value > 0 && end <= capacity && !used.contains(end);
        RC_ASSERT(run.size.value == wanted || !could_go_on);
      }
      RC_ASSERT(map.used().value == used.size());
      RC_ASSERT(map.capacity().value == capacity);
      for (uint32_t slot = 1; slot <= capacity + 1; ++slot)
        RC_ASSERT(map.in_use(slot) == used.contains(slot));
    }
  }));
}

}  // namespace
}  // namespace mm::test
