#include "emulator/debugger/memory/region_report.h"

#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/mm/inspect/scene.h"

namespace emu::debugger::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using mm::test::Scene;

class SceneNames final : public RegionNamer {
 public:
  std::string name(const mm::RegionInformation& region) const override {
    return region.allocation_base == mm::VirtualAddress{Scene::kReserved} ? "Stack of thread 8" : "";
  }
};

std::vector<Region> regions(const Scene& scene) {
  return regions_of(*scene.machine.manager, scene.space(), SceneNames());
}

TEST_CASE("!address covers the user half without a gap", "[debugger]") {
  const Scene scene;
  uint32_t end = 0;
  for (const Region& region : regions(scene)) {
    CHECK(region.information.base.value == end);
    CHECK(region.information == scene.machine.query(end));
    end += region.information.size;
  }
  CHECK(end == 0x7FFF0000);
}

// The rows that the scene has, by how it was made: page 6 is guarded, page 7 decommitted.
TEST_CASE("!address shows each region in WinDbg's columns", "[debugger]") {
  const Scene scene;
  const std::string text = regions_text(regions(scene));
  CHECK_THAT(text,
             ContainsSubstring("+ 10000000  10006000      6000 MEM_PRIVATE  MEM_COMMIT   PAGE_READWRITE\n"));
  CHECK_THAT(text, ContainsSubstring("  10006000  10007000      1000 MEM_PRIVATE  MEM_COMMIT   "
                                     "PAGE_READWRITE | PAGE_GUARD\n"));
  CHECK_THAT(text, ContainsSubstring("  10007000  10008000      1000 MEM_PRIVATE  MEM_RESERVE\n"));
  CHECK_THAT(text, ContainsSubstring("+ 20000000  20010000     10000 MEM_PRIVATE  MEM_RESERVE"));
  CHECK_THAT(text, ContainsSubstring(" Stack of thread 8\n"));
  CHECK_THAT(text, ContainsSubstring(" KUSER_SHARED_DATA\n"));
  CHECK_THAT(text,
             ContainsSubstring("+        0  10000000  10000000              MEM_FREE     PAGE_NOACCESS"));
}

TEST_CASE("!address of an address", "[debugger]") {
  const Scene scene;
  const SceneNames names;
  const auto region = region_at(*scene.machine.manager, scene.space(), {0x10001234}, names);
  REQUIRE(region);
  CHECK(region->information.base == mm::VirtualAddress{0x10000000});
  CHECK_THAT(region_text(*region),
             ContainsSubstring("State:                  00001000          MEM_COMMIT\n"));
  const Json json = region_json(*region);
  CHECK(json["end"] == "0x10005fff");
  CHECK(json["usage"].is_null());
  CHECK(json["allocation_protect"] == "PAGE_READWRITE");
  CHECK_FALSE(region_at(*scene.machine.manager, scene.space(), {0x80000000}, names));
  CHECK_FALSE(region_at(*scene.machine.manager, scene.space(), {0xFFFFFFFF}, names));
  const auto last = region_at(*scene.machine.manager, scene.space(), {0x7FFEFFFF}, names);
  REQUIRE(last);
  CHECK(last->usage == "KUSER_SHARED_DATA");
  const auto free = region_at(*scene.machine.manager, scene.space(), {0x7FFDFFFF}, names);
  REQUIRE(free);
  CHECK(free->usage == "Free");
}

}  // namespace
}  // namespace emu::debugger::test
