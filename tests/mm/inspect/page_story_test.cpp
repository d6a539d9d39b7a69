#include "mm/inspect/page_story.h"

#include "tests/mm/inspect/scene.h"

namespace mm::test {
namespace {

using x86::PteKind;

PageStory story_of(const Scene& scene, Scene::Page page) {
  return page_story(scene.state(), scene.space(), Scene::at(page) + 0x10);
}

TEST_CASE("A story joins what each part knows of a page", "[inspect]") {
  const Scene scene;
  const PageStory story = story_of(scene, Scene::kResident);
  CHECK(story.space == scene.space().id());
  CHECK(story.root.frame().value() == scene.directory());
  CHECK(story.walk.pde().raw == scene.raw_pde(Scene::kBase));
  CHECK(story.walk.pte().raw == scene.raw_pte(Scene::kResident));
  CHECK(story.walk.physical().value == (scene.raw_pte(Scene::kResident) & ~0xFFFu) + 0x10);
  CHECK(story.pde_virtual == VirtualAddress{0xC0300100});
  CHECK(story.pte_virtual == VirtualAddress{0xC0040000});
  REQUIRE(story.table);
  CHECK(story.table->number.value() == scene.raw_pde(Scene::kBase) >> 12);
  REQUIRE(story.vad);
  CHECK(story.vad->range.size() == PageCount{8});
  REQUIRE(story.frame);
  CHECK(story.frame->number.value() == scene.raw_frame(Scene::kResident));
  CHECK(story.working_set);
  CHECK_FALSE(story.slot);
}

TEST_CASE("Each state of a page has its parts, and no others", "[inspect]") {
  struct Row {
    Scene::Page page;
    PteKind kind;
    bool frame, working_set, slot;
  };
  const Row rows[] = {{Scene::kModified, PteKind::Transition, true, false, false},
                      {Scene::kStandby, PteKind::Transition, true, false, true},
                      {Scene::kPagedOut, PteKind::PagingFile, false, false, true},
                      {Scene::kUntouched, PteKind::Unknown, false, false, false},
                      {Scene::kClean, PteKind::Valid, true, true, true},
                      {Scene::kGuard, PteKind::DemandZero, false, false, false},
                      {Scene::kDecommitted, PteKind::Decommitted, false, false, false}};
  const Scene scene;
  for (const Row& row : rows) {
    INFO("page " << row.page);
    const PageStory story = story_of(scene, row.page);
    REQUIRE(story.page);
    CHECK(story.page->kind == row.kind);
    CHECK(story.frame.has_value() == row.frame);
    CHECK(story.working_set.has_value() == row.working_set);
    CHECK(story.slot.has_value() == row.slot);
    CHECK((story.page->commitment == Commitment::Committed) == (row.page != Scene::kDecommitted));
  }
}

TEST_CASE("Any address has a story", "[inspect]") {
  Scene scene;
  REQUIRE(scene.machine.manager->map_system_page(VirtualPageNumber(0x80000)));
  for (uint64_t address = 0; address < uint64_t{1} << 32; address += 0x3FF123) {
    const PageStory story = page_story(scene.state(), scene.space(), {static_cast<uint32_t>(address)});
    CHECK(story.walk.pde().raw == scene.raw_pde(static_cast<uint32_t>(address)));
  }
  const PageStory system = page_story(scene.state(), scene.space(), {0x80000008});
  CHECK_FALSE(system.vad);
  REQUIRE(system.frame);
  CHECK(system.frame->role == FrameRole::SystemPage);
  const PageStory tables = page_story(scene.state(), scene.space(), {0xC0040008});
  REQUIRE(tables.frame);
  CHECK(tables.frame->role == FrameRole::PageTable);
}

TEST_CASE("Looking changes nothing", "[inspect]") {
  const Scene scene;
  const std::vector<std::byte> ram(scene.state().ram.bytes().begin(), scene.state().ram.bytes().end());
  const Picture before = picture_of(scene.machine);
  for (uint32_t page = 0; page < Scene::kPages; ++page) (void)story_of(scene, Scene::Page{page});
  CHECK(picture_of(scene.machine) == before);
  CHECK(std::equal(ram.begin(), ram.end(), scene.state().ram.bytes().begin()));
}

}  // namespace
}  // namespace mm::test
