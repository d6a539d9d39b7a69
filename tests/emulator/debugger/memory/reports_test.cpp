// The texts and JSON of the commands that look at memory, over a machine with a page in every state. Expected
// values are read from RAM by hand or from the statistics.
#include <fmt/core.h>

#include <catch2/matchers/catch_matchers_string.hpp>

#include "emulator/debugger/memory/frame_report.h"
#include "emulator/debugger/memory/memory_report.h"
#include "emulator/debugger/memory/page_report.h"
#include "emulator/debugger/memory/translation_report.h"
#include "emulator/debugger/memory/vad_report.h"
#include "emulator/debugger/memory/working_set_report.h"
#include "tests/mm/inspect/scene.h"

namespace emu::debugger::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using mm::test::Scene;

const PlainProcessNames kNames;

mm::PageStory story_of(const Scene& scene, mm::VirtualAddress address) {
  return mm::page_story(scene.state(), scene.space(), address);
}

// The two entries that Microsoft's page on !pte shows with their letters.
TEST_CASE("!pte's letters are WinDbg's", "[debugger]") {
  CHECK(entry_letters({0x0003B163}) == "-G-DA--KWEV");
  CHECK(entry_letters({0x00154121}) == "-G--A--KREV");
  CHECK(entry_letters({0x00000087}) == "--L----UWEV");
  CHECK(entry_letters({0x00000219}) == "C----NTKREV");
}

TEST_CASE("!pte shows both entries and what is joined to them", "[debugger]") {
  const Scene scene;
  const std::string text = page_text(story_of(scene, Scene::at(Scene::kResident)), kNames);
  const uint32_t pde = scene.raw_pde(Scene::kBase), pte = scene.raw_pte(Scene::kResident);
  CHECK_THAT(text, ContainsSubstring("VA 10000000\n"));
  CHECK_THAT(text, ContainsSubstring("PDE at C0300100             PTE at C0040000\n"));
  CHECK_THAT(text, ContainsSubstring(fmt::format("contains {:08X}           contains {:08X}\n", pde, pte)));
  CHECK_THAT(text, ContainsSubstring(fmt::format("pfn {:<8x}---DA--UWEV", pte >> 12)));
  CHECK_THAT(text,
             ContainsSubstring("VAD          0x10000000-0x10007fff (8 pages), private, PAGE_READWRITE"));
  CHECK_THAT(text, ContainsSubstring(fmt::format("physical     {:#010x}", pte & ~0xFFFu)));
  CHECK_THAT(text, ContainsSubstring("working set  age 0, accessed, dirty"));
}

TEST_CASE("!pte of pages that the PDE says are decommitted", "[debugger]") {
  Scene scene;
  constexpr uint32_t kApart = 0x60000000, kBoth = mm::allocation::kReserve | mm::allocation::kCommit;
  const auto text = [&] { return page_text(story_of(scene, {kApart}), kNames); };
  REQUIRE(scene.machine.allocate(kApart, mm::kLargePageSize, kBoth, mm::x86::page::kReadWrite));
  REQUIRE(scene.machine.free(kApart, 0x1000, mm::allocation::kDecommit) == mm::NtStatus::Success);
  CHECK_THAT(text(), ContainsSubstring("contains 00000600"));
  CHECK_THAT(text(), ContainsSubstring(" Decommitted in part\n"));
  CHECK_THAT(text(), ContainsSubstring("  page         decommitted\n"));
  CHECK(page_json(story_of(scene, {kApart}))["kind"] == "decommitted");
  CHECK(page_json(story_of(scene, {kApart + 0x1000}))["kind"] == "unknown");
  REQUIRE(scene.machine.free(kApart, 0, mm::allocation::kDecommit) == mm::NtStatus::Success);
  CHECK_THAT(text(), ContainsSubstring("contains 00000200"));
  CHECK_THAT(text(), ContainsSubstring("  page         decommitted\n"));
}

TEST_CASE("!pte of entries that are not valid", "[debugger]") {
  const Scene scene;
  const auto text = [&](Scene::Page page) { return page_text(story_of(scene, Scene::at(page)), kNames); };
  const uint32_t out = scene.raw_pte(Scene::kPagedOut), cached = scene.raw_pte(Scene::kStandby);
  CHECK_THAT(text(Scene::kPagedOut), ContainsSubstring("not valid\n"));
  CHECK_THAT(text(Scene::kPagedOut), ContainsSubstring(" PageFile: 0\n"));
  CHECK_THAT(text(Scene::kPagedOut), ContainsSubstring(fmt::format(" Offset: {:x}\n", out >> 12)));
  CHECK_THAT(text(Scene::kPagedOut), ContainsSubstring(" Protect: 4 - PAGE_READWRITE\n"));
  CHECK_THAT(text(Scene::kStandby), ContainsSubstring(fmt::format(" Transition: {:x}\n", cached >> 12)));
  CHECK_THAT(text(Scene::kStandby), ContainsSubstring("standby: a page of address space 1 at 0x10002000"));
  CHECK_THAT(text(Scene::kGuard), ContainsSubstring(" DemandZero\n"));
  CHECK_THAT(text(Scene::kDecommitted), ContainsSubstring(" Decommitted\n"));
  CHECK_THAT(page_text(story_of(scene, {0x50000000}), kNames), ContainsSubstring("there is no page table"));
}

TEST_CASE("!pte as JSON", "[debugger]") {
  const Scene scene;
  const Json json = page_json(story_of(scene, Scene::at(Scene::kPagedOut)));
  CHECK(json["pte"] == fmt::format("{:#010x}", scene.raw_pte(Scene::kPagedOut)));
  CHECK(json["kind"] == "paging file");
  CHECK(json["slot"]["slot"] == scene.raw_pte(Scene::kPagedOut) >> 12);
  CHECK(json["frame"].is_null());
  CHECK(json["protection"] == "PAGE_READWRITE");
  const Json empty = page_json(story_of(scene, {0x50000000}));
  CHECK(empty["pte"].is_null());
  CHECK(empty["vad"].is_null());
  CHECK(empty["committed"] == false);
}

TEST_CASE("!pfn and !ptov", "[debugger]") {
  const Scene scene;
  const mm::PageFrameNumber frame(scene.raw_frame(Scene::kResident));
  const mm::FrameView view = frame_view(scene.state(), frame);
  const std::string text = frame_text(view, kNames);
  CHECK_THAT(text, ContainsSubstring(
                       fmt::format("PFN {:08X} is a page of address space 1 at 0x10000000", frame.value())));
  CHECK_THAT(text,
             ContainsSubstring(fmt::format("entry {:#010x} at physical {:#010x}",
                                           scene.raw_pte(Scene::kResident), scene.raw_pte_at(Scene::kBase))));
  CHECK_THAT(text, ContainsSubstring("active, M"));
  CHECK(frame_json(view)["state"] == "active");
  CHECK(frame_json(view)["address"] == "0x10000000");
  const auto mappings = mm::mappings_of(scene.state(), frame);
  CHECK_THAT(mappings_text(frame, mappings, kNames), ContainsSubstring("10000000  address space 1"));
  CHECK(mappings_json(frame, mappings)["mappings"][0]["address"] == "0x10000000");
  CHECK_THAT(mappings_text(frame, {}, kNames), ContainsSubstring("No valid entry maps frame"));
}

TEST_CASE("!vad", "[debugger]") {
  const Scene scene;
  const auto tree = mm::vads_of(scene.state(), scene.space());
  const std::string text = vads_text(tree);
  CHECK_THAT(text, ContainsSubstring("    10000     10007      7 Private  READWRITE\n"));
  CHECK_THAT(text, ContainsSubstring("    20000     2000f      0 Private  READONLY\n"));
  CHECK_THAT(text, ContainsSubstring("Total VADs: 3, average level: 0, maximum depth: 2\n"));
  CHECK(vads_json(tree)["vads"].size() == 3);
  CHECK_THAT(vad_text(tree.vads[0]),
             ContainsSubstring("7 pages: 2 valid, 2 in transition, 1 paged out, 2 untouched"));
  CHECK(vad_json(tree.vads[0])["end"] == "0x10007fff");
}

TEST_CASE("!vm and !memusage show the statistics", "[debugger]") {
  const Scene scene;
  const auto all = scene.machine.manager->statistics();
  const ProcessUsage rows[] = {{"process 4", scene.machine.manager->statistics(scene.space())}};
  const std::string text = machine_memory_text(all, rows);
  CHECK_THAT(text, ContainsSubstring("Physical Memory:                 512 (       2048 Kb)\n"));
  CHECK_THAT(text, ContainsSubstring("  Current:       4096 Kb  Free Space:       4084 Kb\n"));
  CHECK_THAT(text, ContainsSubstring("process 4                                  2"));
  const Json json = machine_memory_json(all, rows);
  CHECK(json["physical"]["free_pages"] == all.physical.free.value);
  CHECK(json["physical"]["standby_pages"] == 1);
  CHECK(json["commit"]["charge_pages"] == all.commit.charge.value);
  CHECK(json["processes"][0]["working_set_pages"] == 2);
  CHECK_THAT(machine_memory_text({}, {}), ContainsSubstring("No paging file"));

  const auto owners = mm::frame_owners(scene.state());
  CHECK_THAT(memory_usage_text(all.physical, owners, kNames), ContainsSubstring("              TOTAL:"));
  CHECK_THAT(memory_usage_text(all.physical, owners, kNames), ContainsSubstring("    512 (   2048 kb)\n"));
  CHECK_THAT(memory_usage_text(all.physical, owners, kNames),
             ContainsSubstring("       2        1        1          0           3  address space 1\n"));
  CHECK(memory_usage_json(all.physical, owners)["processes"][0]["modified_pages"] == 1);
}

TEST_CASE("!wsle and !vtop", "[debugger]") {
  const Scene scene;
  const auto entries = mm::working_set_of(scene.state(), scene.space());
  const std::string text = working_set_text(entries);
  CHECK_THAT(text, ContainsSubstring(fmt::format("10000000  {:#07x}    0  yes       yes    PAGE_READWRITE\n",
                                                 scene.raw_frame(Scene::kResident))));
  CHECK_THAT(text, ContainsSubstring("2 pages in the working set\n"));
  CHECK(working_set_json(entries)["entries"][1]["dirty"] == true);
  const auto story = story_of(scene, Scene::at(Scene::kResident) + 0x12);
  const uint32_t physical = (scene.raw_pte(Scene::kResident) & ~0xFFFu) + 0x12;
  CHECK_THAT(translation_report_text(story), ContainsSubstring(fmt::format("= {:#010x}\n", physical)));
  CHECK(translation_report_json(story)["physical"] == fmt::format("{:#010x}", physical));
}

}  // namespace
}  // namespace emu::debugger::test
