#include "mm/inspect/slot_view.h"

#include "tests/mm/inspect/scene.h"

namespace mm::test {
namespace {

TEST_CASE("Every slot in use has an owner, and a frame while its page is in memory", "[inspect]") {
  const Scene scene;
  const auto slots = slots_in_use(scene.state());
  REQUIRE(slots.size() == 3);
  CHECK(scene.machine.manager->statistics().pagefile.used == PageCount{3});
  const Scene::Page written[] = {Scene::kStandby, Scene::kPagedOut, Scene::kClean};  // in this order
  for (size_t i = 0; i < 3; ++i) {
    CHECK(slots[i].page == Scene::at(written[i]).page());
    CHECK(slots[i].space == scene.space().id());
    if (i > 0) CHECK(slots[i - 1].slot.slot < slots[i].slot.slot);
  }
  CHECK(slots[0].frame == PageFrameNumber(scene.raw_frame(Scene::kStandby)));
  CHECK_FALSE(slots[1].frame);
  CHECK(slots[1].slot.slot == scene.raw_pte(Scene::kPagedOut) >> 12);
  CHECK(slots[2].frame == PageFrameNumber(scene.raw_frame(Scene::kClean)));
}

TEST_CASE("A slot is found by its number, in use or not", "[inspect]") {
  const Scene scene;
  const auto view = slot_view(scene.state(), {0, scene.raw_pte(Scene::kPagedOut) >> 12});
  REQUIRE(view);
  CHECK(view->page == Scene::at(Scene::kPagedOut).page());
  CHECK_FALSE(slot_view(scene.state(), {0, 1000}));
  CHECK_FALSE(slot_view(scene.state(), {0, 0xFFFFF}));
  CHECK_FALSE(slot_view(scene.state(), {3, 1}));
}

}  // namespace
}  // namespace mm::test
