#include "mm/inspect/frame_view.h"

#include "tests/mm/inspect/scene.h"

namespace mm::test {
namespace {

FrameView view_of(const Scene& scene, uint32_t frame) {
  return frame_view(scene.state(), PageFrameNumber(frame));
}

TEST_CASE("A resident page's frame names its page, its entry and its process", "[inspect]") {
  const Scene scene;
  const FrameView frame = view_of(scene, scene.raw_frame(Scene::kResident));
  CHECK(frame.state == PageState::Active);
  CHECK(frame.role == FrameRole::ProcessPage);
  CHECK(frame.space == scene.space().id());
  CHECK(frame.page == Scene::at(Scene::kResident).page());
  CHECK(frame.pte_at == PhysicalAddress{scene.raw_pte_at(Scene::at(Scene::kResident).value)});
  CHECK(frame.pte.raw == scene.raw_pte(Scene::kResident));
  CHECK(frame.original == x86::demand_zero_pte(x86::protection::kReadWrite));
  CHECK(frame.share_count == 1);
  CHECK(frame.reference_count == 1);
  CHECK(frame.dirty());
}

TEST_CASE("Frames on the lists are still found by their pages", "[inspect]") {
  const Scene scene;
  const FrameView modified = view_of(scene, scene.raw_frame(Scene::kModified));
  CHECK(modified.state == PageState::Modified);
  CHECK(modified.page == Scene::at(Scene::kModified).page());
  CHECK(modified.modified);
  CHECK(modified.share_count == 0);
  CHECK(modified.reference_count == 0);
  CHECK_FALSE(modified.next);
  const FrameView standby = view_of(scene, scene.raw_frame(Scene::kStandby));
  CHECK(standby.state == PageState::Standby);
  CHECK(standby.priority == kNormalPriority);
  CHECK(x86::decode(standby.original) == x86::PteKind::PagingFile);
  CHECK_FALSE(standby.dirty());
}

TEST_CASE("Page tables, directories and system pages are told apart", "[inspect]") {
  Scene scene;
  const auto system = scene.machine.manager->map_system_page(VirtualPageNumber(0x81234));
  REQUIRE(system);
  const uint32_t pde = scene.raw_pde(Scene::kBase);
  const FrameView table = view_of(scene, pde >> 12);
  CHECK(table.role == FrameRole::PageTable);
  CHECK(table.page == VirtualPageNumber(0x10000));
  CHECK(table.pte_at == PhysicalAddress{uint64_t{scene.directory()} * 4096 + 0x40 * 4});
  CHECK(table.pte.raw == pde);
  uint32_t used = 0;
  for (uint32_t i = 0; i < 1024; ++i) used += scene.word((pde & ~0xFFFu) + i * 4) != 0;
  CHECK(table.used_entries == used);

  const FrameView directory = view_of(scene, scene.directory());
  CHECK(directory.role == FrameRole::Directory);
  CHECK(directory.space == scene.space().id());

  const FrameView page = view_of(scene, system->value());
  CHECK(page.role == FrameRole::SystemPage);
  CHECK(page.page == VirtualPageNumber(0x81234));
  CHECK(page.pte.raw == scene.raw_pte(0x81234000));
  const FrameView system_table = view_of(scene, scene.raw_pde(0x81234000) >> 12);
  CHECK(system_table.role == FrameRole::SystemPageTable);
  CHECK(system_table.page == VirtualPageNumber(0x81000));
  CHECK(view_of(scene, scene.raw_pte(kSharedUserData.value) >> 12).role == FrameRole::SharedUserData);
}

TEST_CASE("Every frame has a view, and a free one holds nothing", "[inspect]") {
  const Scene scene;
  uint32_t nothing = 0;
  for (uint32_t i = 0; i < 512; ++i) nothing += view_of(scene, i).role == FrameRole::Nothing;
  const PhysicalStatistics counts = scene.machine.manager->statistics().physical;
  CHECK(PageCount{nothing} == counts.zeroed + counts.free + counts.bad);
}

TEST_CASE("Where a frame is mapped is what a scan of all tables finds", "[inspect]") {
  Scene scene;
  AddressSpace* other = *scene.machine.manager->create_address_space();
  const PageFrameNumber shared = scene.machine.manager->shared_user_data();
  const auto of_shared = mappings_of(scene.state(), shared);
  REQUIRE(of_shared.size() == 2);
  CHECK(of_shared[0].space == scene.space().id());
  CHECK(of_shared[1].space == other->id());
  for (const FrameMapping& mapping : of_shared) CHECK(mapping.address == kSharedUserData);

  const PageFrameNumber resident(scene.raw_frame(Scene::kResident));
  const FrameMapping expected{
      scene.space().id(), Scene::at(Scene::kResident), {scene.raw_pte(Scene::kResident)}};
  CHECK(mappings_of(scene.state(), resident) == std::vector{expected});
  CHECK(mappings_of(scene.state(), PageFrameNumber(scene.raw_frame(Scene::kModified))).empty());

  // The self-map: the table of 0x10000000 at 0xC0000000 + 0x40 * 4096, the directory at 0xC0300000.
  const auto of_table = mappings_of(scene.state(), PageFrameNumber(scene.raw_pde(Scene::kBase) >> 12));
  REQUIRE(of_table.size() == 1);
  CHECK(of_table[0].address == VirtualAddress{0xC0040000});
  const auto of_directory = mappings_of(scene.state(), PageFrameNumber(scene.directory()));
  REQUIRE(of_directory.size() == 1);
  CHECK(of_directory[0].address == VirtualAddress{0xC0300000});

  const auto system = scene.machine.manager->map_system_page(VirtualPageNumber(0x81234));
  const auto of_system = mappings_of(scene.state(), *system);
  REQUIRE(of_system.size() == 1);
  CHECK(of_system[0].space == kNoAddressSpace);
  CHECK(of_system[0].address == VirtualAddress{0x81234000});
}

}  // namespace
}  // namespace mm::test
