#include "mm/inspect/vad_view.h"

#include <cmath>

#include "tests/mm/inspect/scene.h"

namespace mm::test {
namespace {

TEST_CASE("A VAD's pages are counted by what their entries are", "[inspect]") {
  const Scene scene;
  const auto vad = vad_at(scene.state(), scene.space(), {Scene::kBase + 0x1234});
  REQUIRE(vad);
  CHECK(vad->range == PageRange{VirtualPageNumber(0x10000), VirtualPageNumber(0x10008)});
  CHECK(vad->type == VadType::Private);
  CHECK(vad->backing == VadBacking::Committed);
  CHECK(vad->security == VadSecurity::Open);
  CHECK(vad->protection == x86::protection::kReadWrite);
  CHECK(vad->commit_charge == PageCount{7});
  CHECK(vad->committed == PageCount{7});
  CHECK(vad->valid == PageCount{2});
  CHECK(vad->transition == PageCount{2});
  CHECK(vad->paged_out == PageCount{1});
  CHECK(vad->untouched() == PageCount{2});  // one never touched, one guarded
}

TEST_CASE("Pages that are decommitted without a page table are not counted as committed", "[inspect]") {
  TestMachine machine({512}, {4096});
  constexpr uint32_t kBase = 0x10000000;
  REQUIRE(machine.allocate(kBase, 2 * kLargePageSize, allocation::kReserve | allocation::kCommit,
                           x86::page::kReadWrite));
  const auto committed = [&] {
    return vad_at(machine.manager->state(), *machine.space, {kBase})->committed.value;
  };
  CHECK(committed() == 2048);
  REQUIRE(machine.free(kBase, 3 * kPageSize, allocation::kDecommit) == NtStatus::Success);
  CHECK(committed() == 2045);
  REQUIRE(machine.free(kBase + kLargePageSize, kLargePageSize, allocation::kDecommit) == NtStatus::Success);
  CHECK(committed() == 1021);
}

TEST_CASE("A reserved VAD has no pages, and free memory no VAD", "[inspect]") {
  const Scene scene;
  const auto vad = vad_at(scene.state(), scene.space(), {Scene::kReserved});
  REQUIRE(vad);
  CHECK(vad->backing == VadBacking::Reserved);
  CHECK(vad->committed == PageCount{0});
  CHECK(vad->commit_charge == PageCount{0});
  CHECK_FALSE(vad_at(scene.state(), scene.space(), {Scene::kReserved + 16 * kPageSize}));
  CHECK_FALSE(vad_at(scene.state(), scene.space(), {0}));
  CHECK_FALSE(vad_at(scene.state(), scene.space(), {0xFFFFFFFF}));
}

TEST_CASE("All VADs come in order, and make up the private commit", "[inspect]") {
  const Scene scene;
  const VadTreeView tree = vads_of(scene.state(), scene.space());
  REQUIRE(tree.vads.size() == 3);
  CHECK(tree.vads[0].range.begin == VirtualPageNumber(0x10000));
  CHECK(tree.vads[1].range.begin == VirtualPageNumber(0x20000));
  CHECK(tree.vads[2].range.begin == kSharedUserData.page());
  CHECK(tree.vads[2].security == VadSecurity::Secured);
  CHECK(tree.vads[2].valid == PageCount{1});
  PageCount charge, committed;
  for (const VadView& vad : tree.vads) charge += vad.commit_charge, committed += vad.committed;
  CHECK(charge == scene.machine.manager->statistics(scene.space()).private_commit);
  CHECK(committed == charge + PageCount{1});  // KUSER_SHARED_DATA is the system's charge
}

// A height-balanced tree: depths reach one less than the height, and the height stays below
// 1.44 log2(n + 2) (Knuth, volume 3, 6.2.3).
TEST_CASE("Depths and height are those of a balanced tree", "[inspect]") {
  Scene scene;
  for (uint32_t i = 0; i < 100; ++i)
    REQUIRE(scene.machine.allocate(0x30000000 + i * 0x10000, kPageSize, allocation::kReserve, 4));
  const VadTreeView tree = vads_of(scene.state(), scene.space());
  std::vector<uint32_t> at_depth(tree.height + 1);
  for (const VadView& vad : tree.vads) {
    REQUIRE(vad.depth < tree.height);
    ++at_depth[vad.depth];
  }
  CHECK(at_depth[0] == 1);
  CHECK(at_depth[1] == 2);
  CHECK(at_depth[tree.height - 1] > 0);
  CHECK(tree.height < 1.4405 * std::log2(tree.vads.size() + 2));
}

}  // namespace
}  // namespace mm::test
