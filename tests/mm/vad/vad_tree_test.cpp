#include "mm/vad/vad_tree.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/mm/stops.h"

namespace mm::test {
namespace {

PageRange pages(uint32_t begin, uint32_t end) { return {VirtualPageNumber(begin), VirtualPageNumber(end)}; }

std::unique_ptr<Vad> vad_of(uint32_t begin, uint32_t end) {
  return std::make_unique<Vad>(pages(begin, end), x86::protection::kReadWrite, VadBacking::Reserved);
}

uint32_t room(const VadTree& tree, uint32_t size, PageRange bounds, Search search) {
  const auto found = tree.find_room({size}, bounds, search);
  return found ? found->value() : 0xFFFFFFFF;
}
constexpr uint32_t kNone = 0xFFFFFFFF;

TEST_CASE("An empty tree holds nothing and has room everywhere", "[vad]") {
  const VadTree tree;
  CHECK(tree.find(VirtualPageNumber(0)) == nullptr);
  CHECK(tree.at_or_after(VirtualPageNumber(0)) == nullptr);
  CHECK_FALSE(tree.overlaps(pages(0, 0x100000)));
  CHECK(tree.size() == PageCount{0});
  CHECK(room(tree, 1, pages(0x10, 0x100), Search::LowestFirst) == 0x10);
  CHECK(room(tree, 1, pages(0x10, 0x100), Search::HighestFirst) == 0xF0);
  CHECK(room(tree, 0xF0, pages(0x10, 0x100), Search::HighestFirst) == 0x10);
  CHECK(room(tree, 0xF1, pages(0x10, 0x100), Search::LowestFirst) == kNone);
}

TEST_CASE("A VAD is found by each of its pages and no other", "[vad]") {
  VadTree tree;
  const Vad& vad = tree.insert(vad_of(0x20, 0x25));
  CHECK(tree.size() == PageCount{1});
  CHECK(tree.find(VirtualPageNumber(0x1F)) == nullptr);
  CHECK(tree.find(VirtualPageNumber(0x20)) == &vad);
  CHECK(tree.find(VirtualPageNumber(0x24)) == &vad);
  CHECK(tree.find(VirtualPageNumber(0x25)) == nullptr);
  CHECK(tree.at_or_after(VirtualPageNumber(0x24)) == &vad);
  CHECK(tree.at_or_after(VirtualPageNumber(0x25)) == nullptr);
  CHECK(tree.overlaps(pages(0x24, 0x30)));
  CHECK_FALSE(tree.overlaps(pages(0x25, 0x30)));
  CHECK_FALSE(tree.overlaps(pages(0x10, 0x20)));
}

TEST_CASE("What was found last is forgotten when it goes or shrinks", "[vad]") {
  VadTree tree;
  Vad& vad = tree.insert(vad_of(0x20, 0x30));
  CHECK(tree.find(VirtualPageNumber(0x2F)) == &vad);
  tree.shrink(vad, pages(0x20, 0x28));
  CHECK(tree.find(VirtualPageNumber(0x2F)) == nullptr);
  CHECK(tree.find(VirtualPageNumber(0x27)) == &vad);
  const auto removed = tree.remove(vad);
  CHECK(removed.get() == &vad);
  CHECK(tree.find(VirtualPageNumber(0x27)) == nullptr);
  CHECK(tree.size() == PageCount{0});
}

TEST_CASE("What a VAD leaves of its last granule is no room", "[vad]") {
  VadTree tree;
  tree.insert(vad_of(0x10, 0x11));
  tree.insert(vad_of(0x30, 0x40));
  const PageRange bounds = pages(0x10, 0x50);
  CHECK(room(tree, 1, bounds, Search::LowestFirst) == 0x20);
  CHECK(room(tree, 16, bounds, Search::LowestFirst) == 0x20);
  CHECK(room(tree, 17, bounds, Search::LowestFirst) == kNone);
  CHECK(room(tree, 1, bounds, Search::HighestFirst) == 0x40);
}

TEST_CASE("A VAD that begins within a granule leaves nothing of it", "[vad]") {
  VadTree tree;
  tree.insert(vad_of(0x2C, 0x2E));  // the rest of a larger one that was released in part
  CHECK(room(tree, 1, pages(0x20, 0x30), Search::LowestFirst) == kNone);
  CHECK(room(tree, 1, pages(0x20, 0x40), Search::LowestFirst) == 0x30);
  CHECK(room(tree, 1, pages(0x10, 0x30), Search::HighestFirst) == 0x10);
}

TEST_CASE("Two VADs in one granule leave no room between them", "[vad]") {
  VadTree tree;
  tree.insert(vad_of(0x10, 0x22));
  tree.insert(vad_of(0x28, 0x40));
  tree.insert(vad_of(0x24, 0x26));
  CHECK(room(tree, 1, pages(0x10, 0x50), Search::LowestFirst) == 0x40);
  CHECK(room(tree, 1, pages(0x10, 0x40), Search::HighestFirst) == kNone);
}

TEST_CASE("Bounds that end within a granule leave that granule out", "[vad]") {
  const VadTree tree;
  CHECK(room(tree, 16, pages(0x10, 0x2F), Search::LowestFirst) == 0x10);
  CHECK(room(tree, 17, pages(0x10, 0x2F), Search::LowestFirst) == kNone);
  CHECK(room(tree, 1, pages(0x10, 0x2F), Search::HighestFirst) == 0x10);
  CHECK(room(tree, 1, pages(0x20, 0x10), Search::LowestFirst) == kNone);
}

TEST_CASE("VADs that overlap, or strangers, are our mistakes", "[vad]") {
  VadTree tree;
  Vad& vad = tree.insert(vad_of(0x20, 0x30));
  const auto stranger = vad_of(0x40, 0x50);
  CHECK(stops([&] { tree.insert(vad_of(0x2F, 0x31)); }));
  CHECK(stops([&] { tree.insert(vad_of(0x20, 0x20)); }));
  CHECK(stops([&] { (void)tree.remove(*stranger); }));
  CHECK(stops([&] { tree.shrink(vad, pages(0x20, 0x31)); }));
  CHECK(stops([&] { tree.shrink(vad, pages(0x20, 0x20)); }));
}

}  // namespace
}  // namespace mm::test
