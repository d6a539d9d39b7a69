#include "emulator/debugger/memory/region_report.h"

#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/mm/inspect/scene.h"

namespace emu::debugger::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using mm::VirtualAddress;
using mm::test::Scene;

// Two pages in the reserved region are for something of their own.
class SceneNames final : public RegionNamer {
 public:
  static constexpr uint32_t kPart = Scene::kReserved + 0x4000, kPartEnd = Scene::kReserved + 0x6000;

  RegionPart part_at(const mm::RegionInformation& region, VirtualAddress from) const override {
    const VirtualAddress end = region.base + region.size;
    if (region.allocation_base != VirtualAddress{Scene::kReserved}) return {{}, end};
    if (from.value < kPart) return {{"Stack", "[~0; 4.8]"}, {kPart}};
    if (from.value < kPartEnd) return {{"TEB", "[~0; 4.8]"}, {kPartEnd}};
    return {{"Stack", "[~0; 4.8]"}, end};
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
    const mm::RegionInformation queried = scene.machine.query(end);
    CHECK(region.information.state == queried.state);
    CHECK(region.information.size <= queried.size);
    end += region.information.size;
  }
  CHECK(end == 0x7FFF0000);
}

TEST_CASE("!address cuts a region where its use changes", "[debugger]") {
  const Scene scene;
  std::vector<std::pair<uint32_t, std::string>> found;
  for (const Region& region : regions(scene))
    if (region.information.allocation_base == VirtualAddress{Scene::kReserved})
      found.emplace_back(region.information.base.value, region.usage.kind);
  CHECK(found == std::vector<std::pair<uint32_t, std::string>>{{Scene::kReserved, "Stack"},
                                                               {SceneNames::kPart, "TEB"},
                                                               {SceneNames::kPartEnd, "Stack"}});
  const auto part =
      region_at(*scene.machine.manager, scene.space(), {SceneNames::kPart + 0x1234}, SceneNames());
  REQUIRE(part);
  CHECK(part->information.base == VirtualAddress{SceneNames::kPart});
  CHECK(part->information.size == 0x2000);
  CHECK(part->usage.text() == "TEB [~0; 4.8]");
}

// The rows that the scene has, by how it was made: page 6 is guarded, page 7 decommitted.
TEST_CASE("!address shows each region in WinDbg's columns", "[debugger]") {
  const Scene scene;
  const std::string text = regions_text(regions(scene));
  CHECK_THAT(text,
             ContainsSubstring("+ 10000000  10006000      6000 MEM_PRIVATE  MEM_COMMIT   PAGE_READWRITE "
                               "                    <unknown>\n"));
  CHECK_THAT(text, ContainsSubstring("  10006000  10007000      1000 MEM_PRIVATE  MEM_COMMIT   "
                                     "PAGE_READWRITE | PAGE_GUARD        <unknown>\n"));
  CHECK_THAT(text, ContainsSubstring("  10007000  10008000      1000 MEM_PRIVATE  MEM_RESERVE "));
  CHECK_THAT(text, ContainsSubstring("+ 20000000  20004000      4000 MEM_PRIVATE  MEM_RESERVE"));
  CHECK_THAT(text, ContainsSubstring(" Stack      [~0; 4.8]\n"));
  CHECK_THAT(text, ContainsSubstring(" Other      [KUSER_SHARED_DATA]\n"));
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
  CHECK(json["usage"] == "<unknown>");
  CHECK(json["detail"].is_null());
  CHECK(json["allocation_protect"] == "PAGE_READWRITE");
  CHECK_FALSE(region_at(*scene.machine.manager, scene.space(), {0x80000000}, names));
  CHECK_FALSE(region_at(*scene.machine.manager, scene.space(), {0xFFFFFFFF}, names));
  const auto last = region_at(*scene.machine.manager, scene.space(), {0x7FFEFFFF}, names);
  REQUIRE(last);
  CHECK(last->usage == RegionUsage{"Other", "[KUSER_SHARED_DATA]"});
  const auto free = region_at(*scene.machine.manager, scene.space(), {0x7FFDFFFF}, names);
  REQUIRE(free);
  CHECK(free->usage.text() == "Free");
}

}  // namespace
}  // namespace emu::debugger::test
