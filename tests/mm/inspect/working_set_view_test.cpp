#include "mm/inspect/working_set_view.h"

#include "tests/mm/inspect/scene.h"

namespace mm::test {
namespace {

TEST_CASE("The working set is the valid pages, first in first", "[inspect]") {
  const Scene scene;
  const auto entries = working_set_of(scene.state(), scene.space());
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].page == Scene::at(Scene::kClean).page());
  CHECK(entries[1].page == Scene::at(Scene::kResident).page());
  for (const WorkingSetPage& entry : entries) {
    CHECK(entry.pte.raw == scene.raw_pte(entry.page.address().value));
    CHECK(entry.frame.value() == entry.pte.raw >> 12);
    CHECK(entry.protection == x86::protection::kReadWrite);
    CHECK(entry.age == 0);
    CHECK((entry.pte.raw & 0x20) != 0);  // accessed
  }
  CHECK((entries[0].pte.raw & 0x40) == 0);  // read only: clean
  CHECK((entries[1].pte.raw & 0x40) != 0);
}

TEST_CASE("One address has an entry exactly if its page is in the working set", "[inspect]") {
  const Scene scene;
  const auto entry = working_set_entry(scene.state(), scene.space(), Scene::at(Scene::kClean) + 0x123);
  REQUIRE(entry);
  CHECK(entry->page == Scene::at(Scene::kClean).page());
  for (const Scene::Page page : {Scene::kModified, Scene::kStandby, Scene::kPagedOut, Scene::kUntouched})
    CHECK_FALSE(working_set_entry(scene.state(), scene.space(), Scene::at(page)));
  for (const uint32_t address : {0u, Scene::kReserved, kSharedUserData.value, 0x80000000u, 0xC0300000u})
    CHECK_FALSE(working_set_entry(scene.state(), scene.space(), {address}));
}

}  // namespace
}  // namespace mm::test
