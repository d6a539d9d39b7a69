// The VAD tree against a plain sorted map, and how deep it gets.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <vector>

#include "mm/vad/vad_tree.h"

namespace mm::test {
namespace {

constexpr uint32_t kGranule = kAllocationGranularity / kPageSize;
constexpr uint32_t kEnd = 64 * kGranule;  // a small world, so that everything meets

PageRange pages(uint32_t begin, uint32_t end) { return {VirtualPageNumber(begin), VirtualPageNumber(end)}; }

class Comparison {
 public:
  explicit Comparison(uint32_t seed) : random_(seed) {}

  void step() {
    switch (pick(4)) {
      case 0: remove(); break;
      case 1: shrink(); break;
      default: insert(); break;
    }
    compare();
  }

 private:
  uint32_t pick(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }

  bool is_free(uint32_t begin, uint32_t end) const {
    return std::none_of(model_.begin(), model_.end(),
                        [&](const auto& other) { return other.first < end && begin < other.second; });
  }

  void insert() {
    // On a granule, as an allocation is, or anywhere, as what is left of one.
    const uint32_t begin = pick(2) == 0 ? pick(kEnd / kGranule) * kGranule : pick(kEnd);
    const uint32_t end = std::min(kEnd, begin + 1 + pick(pick(8) == 0 ? 200 : 24));
    const bool free = is_free(begin, end);
    REQUIRE(tree_.overlaps(pages(begin, end)) == !free);
    if (!free) return;
    const Vad& vad = tree_.insert(
        std::make_unique<Vad>(pages(begin, end), x86::protection::kReadWrite, VadBacking::Reserved));
    REQUIRE(vad.range() == pages(begin, end));
    model_[begin] = end;
  }
  void remove() {
    if (model_.empty()) return;
    const auto victim = std::next(model_.begin(), pick(static_cast<uint32_t>(model_.size())));
    const Vad* vad = tree_.find(VirtualPageNumber(victim->first + pick(victim->second - victim->first)));
    REQUIRE(vad != nullptr);
    const auto removed = tree_.remove(*vad);
    REQUIRE(removed->range() == pages(victim->first, victim->second));
    model_.erase(victim);
  }
  void shrink() {
    if (model_.empty()) return;
    const auto old = *std::next(model_.begin(), pick(static_cast<uint32_t>(model_.size())));
    const uint32_t begin = old.first + pick(old.second - old.first);
    const uint32_t end = begin + 1 + pick(old.second - begin);
    Vad* vad = tree_.find(VirtualPageNumber(old.first));
    tree_.shrink(*vad, pages(begin, end));
    model_.erase(old.first);
    model_[begin] = end;
  }

  void compare() {
    REQUIRE(tree_.size().value == model_.size());
    std::vector<std::pair<uint32_t, uint32_t>> visited;
    tree_.for_each(
        [&](const Vad& vad) { visited.emplace_back(vad.range().begin.value(), vad.range().end.value()); });
    REQUIRE(
        std::equal(visited.begin(), visited.end(), model_.begin(), model_.end(),
                   [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; }));
    for (int i = 0; i < 8; ++i) compare_find(pick(kEnd + 4));
    for (int i = 0; i < 8; ++i) compare_room();
  }
  void compare_find(uint32_t page) {
    const auto after =
        std::find_if(model_.begin(), model_.end(), [&](const auto& v) { return v.second > page; });
    const Vad* next = tree_.at_or_after(VirtualPageNumber(page));
    REQUIRE((next == nullptr) == (after == model_.end()));
    if (next != nullptr) REQUIRE(next->range().begin.value() == after->first);
    const Vad* found = tree_.find(VirtualPageNumber(page));
    const bool inside = after != model_.end() && after->first <= page;
    REQUIRE(found == (inside ? next : nullptr));
  }

  void compare_room() {
    const uint32_t size = 1 + pick(pick(3) == 0 ? 400 : 40);
    const uint32_t low = pick(kEnd / kGranule) * kGranule, high = low + pick(kEnd - low + 1);
    for (const Search search : {Search::LowestFirst, Search::HighestFirst}) {
      const auto found = tree_.find_room({size}, pages(low, high), search);
      const uint32_t expected = naive_room(size, low, high, search);
      INFO("size " << size << " in " << low << "-" << high);
      REQUIRE((found ? found->value() : 0xFFFFFFFF) == expected);
    }
  }
  // Every granule tried in order. Room reaches to the end of its last granule.
  uint32_t naive_room(uint32_t size, uint32_t low, uint32_t high, Search search) const {
    const uint32_t whole = (size + kGranule - 1) / kGranule * kGranule;
    uint32_t last = 0xFFFFFFFF;
    for (uint32_t begin = low; begin + whole <= high; begin += kGranule) {
      if (!is_free(begin, begin + whole)) continue;
      last = begin;
      if (search == Search::LowestFirst) break;
    }
    return last;
  }

  std::mt19937 random_;
  VadTree tree_;
  std::map<uint32_t, uint32_t> model_;  // begin -> end
};

TEST_CASE("The tree is what a sorted map is, with room found in both directions", "[vad]") {
  for (uint32_t seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    Comparison comparison(seed);
    for (int step = 0; step < 300; ++step) comparison.step();
  }
}

// How deep for_each recurses, in bytes of stack: the tree's height, up to a factor that is the same for every
// tree.
size_t stack_span(const VadTree& tree) {
  uintptr_t lowest = UINTPTR_MAX, highest = 0;
  tree.for_each([&](const Vad&) {
    const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    lowest = std::min(lowest, here);
    highest = std::max(highest, here);
  });
  return highest - lowest;
}

constexpr uint32_t kMany = 100'000;

void insert(VadTree& tree, uint32_t number) {
  const uint32_t begin = number * kGranule / 2;
  tree.insert(
      std::make_unique<Vad>(pages(begin, begin + 1), x86::protection::kReadWrite, VadBacking::Reserved));
}

VadTree tree_of(const std::vector<uint32_t>& numbers) {
  VadTree tree;
  for (const uint32_t number : numbers) insert(tree, number);
  return tree;
}

std::vector<uint32_t> ascending(uint32_t count) {
  std::vector<uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

// A height-balanced tree of n nodes is at most 1.44 log2(n) high; one of 1023 nodes put in in order is 10
// high.
void check_height(const VadTree& tree) {
  const size_t ten_high = stack_span(tree_of(ascending(1023)));
  const double allowed = 1.45 * std::log2(double(tree.size().value) + 2) / 10;
  CHECK(double(stack_span(tree)) <= double(ten_high) * allowed * 1.4);
}

TEST_CASE("The height grows with the logarithm of the number of VADs", "[vad]") {
  std::vector<uint32_t> numbers = ascending(kMany);
  SECTION("put in in order") { check_height(tree_of(numbers)); }
  SECTION("put in in reverse order") {
    std::reverse(numbers.begin(), numbers.end());
    check_height(tree_of(numbers));
  }
  SECTION("put in from both ends") {
    std::sort(numbers.begin(), numbers.end(), [](uint32_t a, uint32_t b) {
      return std::min(a, kMany - a) < std::min(b, kMany - b) ||
             (std::min(a, kMany - a) == std::min(b, kMany - b) && a < b);
    });
    check_height(tree_of(numbers));
  }
  SECTION("put in at random, most of it removed in order") {
    std::shuffle(numbers.begin(), numbers.end(), std::mt19937(3));
    VadTree tree = tree_of(numbers);
    check_height(tree);
    for (uint32_t i = 0; i < kMany - 500; ++i) {
      (void)tree.remove(*tree.at_or_after(VirtualPageNumber(0)));
      if (i % 20'000 == 0) check_height(tree);
    }
    check_height(tree);
  }
}

}  // namespace
}  // namespace mm::test
