#include "mm/process/page_set.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <vector>

#include "tests/mm/stops.h"

namespace mm::test {
namespace {

constexpr uint32_t kPages = kSystemBase.page().value();

PageRange pages(uint32_t begin, uint32_t end) { return {VirtualPageNumber(begin), VirtualPageNumber(end)}; }

// The same as a plain row of bits.
struct Model {
  std::vector<bool> bits = std::vector<bool>(kPages);

  void set(PageRange range, bool value) {
    std::fill(bits.begin() + range.begin.value(), bits.begin() + range.end.value(), value);
  }
  uint32_t count(PageRange range) const {
    return static_cast<uint32_t>(
        std::count(bits.begin() + range.begin.value(), bits.begin() + range.end.value(), true));
  }
  uint32_t next(PageRange range) const {
    const auto found = std::find(bits.begin() + range.begin.value(), bits.begin() + range.end.value(), true);
    return static_cast<uint32_t>(found - bits.begin());
  }
};

// Of sizes of every order, at places of every alignment.
PageRange random_range(std::mt19937& random) {
  const auto begin = static_cast<uint32_t>(random() % kPages);
  const auto length = static_cast<uint32_t>(random() % (1u << random() % 18));
  return pages(begin, std::min(kPages, begin + length));
}

TEST_CASE("A set of pages does as a row of bits", "[process][page_set]") {
  std::mt19937 random(11);
  PageSet set;
  Model model;
  for (int step = 0; step < 20000; ++step) {
    const PageRange range = random_range(random);
    // Mostly little is in it, as in use: long ways to the next page.
    if (random() % 4 == 0) {
      const PageRange few{range.begin, std::min(range.end, range.begin + PageCount{70})};
      set.insert(few);
      model.set(few, true);
    } else if (random() % 3 == 0) {
      set.erase(range);
      model.set(range, false);
    } else if (random() % 50 == 0) {
      set.insert(range);
      model.set(range, true);
    }
    const PageRange asked = random_range(random);
    REQUIRE(set.count(asked).value == model.count(asked));
    REQUIRE(set.next(asked.begin, asked.end).value() == model.next(asked));
    REQUIRE(set.contains(range.begin) == model.bits[range.begin.value()]);
  }
  CHECK(set.size().value == model.count(pages(0, kPages)));
}

TEST_CASE("A set of pages reaches from the first page of the user half to its last", "[process][page_set]") {
  PageSet set;
  const PageRange all = pages(0, kPages);
  CHECK(set.next(all.begin, all.end) == all.end);
  set.insert(VirtualPageNumber(kPages - 1));
  CHECK(set.next(all.begin, all.end).value() == kPages - 1);
  set.insert(all);
  CHECK(set.size().value == kPages);
  CHECK(set.count(all).value == kPages);
  CHECK(set.count(pages(1, kPages - 1)).value == kPages - 2);
  set.erase(pages(1, kPages - 1));
  CHECK(set.next(VirtualPageNumber(1), all.end).value() == kPages - 1);
  set.erase(all);
  CHECK(set.size() == PageCount{0});
  CHECK(set.next(all.end, all.end) == all.end);
}

TEST_CASE("A page of the system half is in no set", "[process][page_set]") {
  CHECK(stops([] { PageSet().insert(kSystemBase.page()); }));
  CHECK(stops([] { PageSet().erase(kSystemBase.page()); }));
}

}  // namespace
}  // namespace mm::test
