// What `why` says of each kind of fault. Frames, slots and entries in the expected sentences are read from
// RAM by hand, counts from the statistics.
#include "emulator/debugger/memory/why.h"

#include <fmt/core.h>

#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/emulator/debugger/memory/recorded.h"

namespace emu::debugger::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using mm::Access;
using mm::VirtualAddress;
using mm::test::HeldFrames;

std::string pte_became(const Recorded& t, VirtualAddress address) {
  return fmt::format("The PTE became {:#010x}", t.scene.raw_pte(address.value));
}

TEST_CASE("why: a demand-zero fault", "[debugger]") {
  Recorded t;
  const auto before = t.scene.machine.manager->statistics();
  const std::string text = t.why(Scene::kUntouched, Access::Write);
  const uint32_t frame = t.scene.raw_frame(Scene::kUntouched);
  CHECK_THAT(text,
             ContainsSubstring("Fault 1 (demand-zero): process 4, thread 8, the instruction at 0x00401000 "
                               "made a write at 0x10004000 in user mode."));
  CHECK_THAT(text, ContainsSubstring(
                       fmt::format("PDE 0x040 at {:#010x} = {:#010x}: present, read-write, user",
                                   t.scene.directory() * 4096 + 0x40 * 4, t.scene.raw_pde(Scene::kBase))));
  CHECK_THAT(text, ContainsSubstring(fmt::format("PTE 0x004 at {:#010x} = 0x00000000: not present",
                                                 t.scene.raw_pte_at(0x10004000))));
  CHECK_THAT(text, ContainsSubstring("error code 0x6 (not present, write, user mode)"));
  CHECK_THAT(text, ContainsSubstring("0x10000000-0x10007fff (8 pages), private, PAGE_READWRITE."));
  CHECK_THAT(text, ContainsSubstring("the page is committed and was never touched"));
  CHECK_THAT(text, ContainsSubstring("PAGE_READWRITE lets a write through."));
  CHECK_THAT(text,
             ContainsSubstring(fmt::format("Frame {:#07x} was taken from the free list for the page and "
                                           "filled with zeros.",
                                           frame)));
  CHECK_THAT(text, ContainsSubstring(pte_became(t, Scene::at(Scene::kUntouched))));
  CHECK_THAT(text, ContainsSubstring(fmt::format("Free list: {} -> {}.", before.physical.free.value,
                                                 before.physical.free.value - 1)));
  CHECK_THAT(text, ContainsSubstring("Working set: 2 -> 3."));
  CHECK_THAT(text, ContainsSubstring("A soft fault (demand-zero)"));
  CHECK_THAT(text, ContainsSubstring("It cost 1000 ns"));
}

TEST_CASE("why: a page table is made first", "[debugger]") {
  Recorded t;
  REQUIRE(t.scene.machine.allocate(0x40000000, mm::kPageSize, 0x3000, mm::x86::page::kReadWrite));
  const std::string text = t.why({0x40000000});
  const uint32_t table = t.scene.raw_pde(0x40000000) >> 12;
  CHECK_THAT(text, ContainsSubstring("There is no page table for this address, so there is no PTE to read."));
  CHECK_THAT(text, ContainsSubstring(
                       fmt::format("Frame {:#07x} was taken from the free list for a page table", table)));
  CHECK_THAT(text, ContainsSubstring(fmt::format("A page table for 0x40000000-0x403fffff was made in frame "
                                                 "{:#07x}, and its PDE written.",
                                                 table)));
}

TEST_CASE("why: transition faults from the modified and the standby list", "[debugger]") {
  Recorded t;
  for (const auto& [page, list, counts] : {std::tuple{Scene::kModified, "modified", "Modified list: 1 -> 0."},
                                           {Scene::kStandby, "standby", "Standby lists: 1 -> 0."}}) {
    const uint32_t frame = t.scene.raw_frame(page);
    const std::string text = t.why(page);
    CHECK_THAT(text, ContainsSubstring("(transition)"));
    CHECK_THAT(text, ContainsSubstring(fmt::format("frame {:#07x} still holds its content", frame)));
    CHECK_THAT(text, ContainsSubstring(fmt::format("Frame {:#07x} leaves the {} list", frame, list)));
    CHECK_THAT(text, ContainsSubstring(counts));
    CHECK_THAT(text, ContainsSubstring("A soft fault (transition)"));
  }
}

TEST_CASE("why: a page is read from the paging file", "[debugger]") {
  Recorded t;
  const uint32_t slot = t.scene.raw_pte(Scene::kPagedOut) >> 12;
  const std::string text = t.why(Scene::kPagedOut);
  CHECK_THAT(text, ContainsSubstring(fmt::format("its content is in slot {:#07x} of paging file 0.", slot)));
  CHECK_THAT(text, ContainsSubstring(fmt::format("The page was read from slot {:#07x} of paging file 0 into "
                                                 "frame {:#07x}",
                                                 slot, t.scene.raw_frame(Scene::kPagedOut))));
  CHECK_THAT(text, ContainsSubstring("A hard fault (paging file): one page was read from the disk."));
  CHECK_THAT(text, !ContainsSubstring("filled with zeros"));
}

TEST_CASE("why: a read that fails is an in-page error", "[debugger]") {
  Recorded t;
  t.scene.machine.storage->reads_until_failure = 0;
  const std::string text = t.why(Scene::kPagedOut);
  CHECK_THAT(text, ContainsSubstring("(in-page error)"));
  CHECK_THAT(text, ContainsSubstring("failed; the frame goes to the free list."));
  CHECK_THAT(text,
             ContainsSubstring("The guest gets exception STATUS_IN_PAGE_ERROR (0xc0000006) at 0x00401000, "
                               "with parameters 0x0, 0x10003000, 0xc000009c."));
  CHECK_THAT(text, ContainsSubstring("STATUS_DEVICE_DATA_ERROR"));
}

TEST_CASE("why: a guard page", "[debugger]") {
  Recorded t;
  const std::string text = t.why(Scene::kGuard);
  CHECK_THAT(
      text, ContainsSubstring("PAGE_READWRITE | PAGE_GUARD lets a read through, but the guard comes first."));
  CHECK_THAT(text, ContainsSubstring("The guard was taken off: the page is PAGE_READWRITE from now on."));
  CHECK_THAT(text, ContainsSubstring("STATUS_GUARD_PAGE_VIOLATION (0x80000001)"));
  CHECK_THAT(t.why(Scene::kGuard), ContainsSubstring("(demand-zero)"));
}

TEST_CASE("why: a fetch is told in plain English", "[debugger]") {
  Recorded t;
  const std::string text = t.why(Scene::kPagedOut, Access::Execute);
  CHECK_THAT(text, ContainsSubstring(" made an instruction fetch at 0x"));
  CHECK_THAT(text, ContainsSubstring("The processor refuses the instruction fetch and raises a page fault"));
  CHECK_THAT(text, ContainsSubstring(" lets an instruction fetch through"));
  CHECK_THAT(t.why_now(Scene::at(Scene::kPagedOut)), ContainsSubstring(": an instruction fetch "));
}

TEST_CASE("why: an access that no instruction made", "[debugger]") {
  Recorded t;
  t.actor = mm::FaultActor::System;
  const std::string text = t.why(Scene::kPagedOut);
  CHECK_THAT(text, ContainsSubstring("the system for thread 8 (which goes on at 0x00401000) made a read"));
  CHECK_THAT(text, ContainsSubstring("The access is made again, and now the walk succeeds."));
  CHECK_THAT(t.why({0x10}), ContainsSubstring("Whoever made the access gets STATUS_ACCESS_VIOLATION"));
  t.actor = mm::FaultActor::Debugger;
  CHECK_THAT(t.why({0x10}), ContainsSubstring("process 4, the debugger made a read"));
}

TEST_CASE("why: each reason for an access violation", "[debugger]") {
  Recorded t;
  REQUIRE(t.scene.machine.protect(Scene::at(Scene::kClean).value, mm::kPageSize, mm::x86::page::kNoAccess));
  const std::string exception = "The guest gets exception STATUS_ACCESS_VIOLATION (0xc0000005)";
  const auto check = [&](VirtualAddress address, Access access, const char* reason) {
    const std::string text = t.why(address, access);
    CHECK_THAT(text, ContainsSubstring(reason));
    CHECK_THAT(text, ContainsSubstring(exception));
    CHECK_THAT(text, ContainsSubstring("No count changed."));
    CHECK_THAT(t.why_now(address), ContainsSubstring(reason));
  };
  check({0x10}, Access::Read, "null pointers fault");
  check({0x30000000}, Access::Read, "the memory is free, never allocated or released since");
  check({0x7FFF8000}, Access::Write, "the last 64 KB below 2 GB are never given out");
  check({Scene::kReserved}, Access::Execute, "The page is reserved, not committed");
  check(Scene::at(Scene::kDecommitted), Access::Read, "The page was decommitted");
  check(Scene::at(Scene::kClean), Access::Read, "committed with PAGE_NOACCESS, which lets no read through");
  check(mm::kSharedUserData, Access::Write, "PAGE_READONLY, lets no write through");
  check({0xC0300000}, Access::Read, "user mode may not touch them");
  CHECK_THAT(t.why({0xC0300000}), ContainsSubstring("error code 0x5 (present, no write, user mode)"));
}

TEST_CASE("why: a refused write names the page's own protection, not its VAD's", "[debugger]") {
  Recorded t;
  const VirtualAddress page = Scene::at(Scene::kResident);
  REQUIRE(t.scene.machine.protect(page.value, mm::kPageSize, mm::x86::page::kExecuteRead));
  CHECK_THAT(t.why(page, Access::Write), ContainsSubstring("PAGE_EXECUTE_READ, lets no write through"));
  CHECK_THAT(t.why_now(page), ContainsSubstring("PAGE_EXECUTE_READ, lets no write through"));
}

TEST_CASE("why: a fault under way is told as far as it has come", "[debugger]") {
  Recorded t;
  const mm::VirtualAddress address = Scene::at(Scene::kUntouched);
  t.recorder.begin(t.scene.state(), t.scene.space(), {4, 8, {0x401000}, {address}, 0});
  t.recorder.on_event(
      {.kind = mm::Event::Kind::VadFound, .space = mm::AddressSpaceId(1), .address = address});
  const std::string text = text_of(explain(*t.recorder.latest(), t.names));
  CHECK_THAT(text, ContainsSubstring("Outcome:       The fault is still being served."));
  CHECK_THAT(text, !ContainsSubstring("Changes"));
  CHECK_THAT(summary_words(*t.recorder.latest()), ContainsSubstring("under way"));
  CHECK(fault_json(*t.recorder.latest(), t.names)["outcome"] == "underway");
}

// As many pages on the standby list as are kept in reserve, and no other available frames; some to trim.
HeldFrames only_the_reserve(Recorded& t) {
  auto& machine = t.scene.machine;
  const auto touch = [&](uint32_t pages, auto&& action) {
    const uint32_t base = machine.commit(pages * mm::kPageSize);
    for (uint32_t i = 0; i < pages; ++i) {
      REQUIRE(machine.read({base + i * mm::kPageSize}) == 0);
      action(VirtualAddress{base + i * mm::kPageSize});
    }
  };
  const uint32_t reserve = mm::test::beyond_reserve(machine, 0);
  touch(reserve, [&](VirtualAddress page) { mm::test::trim_out(machine, page); });
  touch(2 * reserve, [](VirtualAddress) {});
  auto& state = mm::test::state_of(machine);
  REQUIRE(mm::write_modified(state, state.pfns.count(mm::PageState::Modified)));
  return HeldFrames(machine, reserve);
}

TEST_CASE("why: room is made when no frame is available", "[debugger]") {
  Recorded t;
  const HeldFrames others = only_the_reserve(t);
  const auto before = t.scene.machine.manager->statistics().pagefile.writes;
  const std::string text = t.why(Scene::kUntouched);
  const auto& story = *t.recorder.latest();
  CHECK(story.slots_written == t.scene.machine.manager->statistics().pagefile.writes - before);
  CHECK_THAT(text, ContainsSubstring("Only 26 frames were available, so room was made first: "));
  CHECK_THAT(text, ContainsSubstring("was taken from the standby list for the page and filled with zeros"));
  CHECK_THAT(text, ContainsSubstring("; its frame is taken away."));
}

TEST_CASE("why: nothing can be had when nothing can be given up", "[debugger]") {
  Recorded t;
  for (const auto page : {Scene::kResident, Scene::kModified, Scene::kStandby, Scene::kClean})
    REQUIRE(t.scene.machine.free(Scene::at(page).value, mm::kPageSize, 0x4000) == mm::NtStatus::Success);
  const HeldFrames all(t.scene.machine);
  const std::string text = t.why(Scene::kUntouched);
  CHECK_THAT(text, ContainsSubstring("(out of frames)"));
  CHECK_THAT(text, ContainsSubstring("STATUS_NO_MEMORY (0xc0000017)"));
}

TEST_CASE("why: an access to a page on its way waits", "[debugger]") {
  Recorded t(mm::DeviceKind::Ssd);
  REQUIRE(write_modified(mm::test::state_of(t.scene.machine), mm::PageCount{1}));
  CHECK_THAT(t.why(Scene::kModified), ContainsSubstring("The page is on its way: the thread waits"));
  CHECK_THAT(t.why_now(Scene::at(Scene::kModified)), ContainsSubstring("A wait: the page is on its way"));
}

TEST_CASE("why: a page that was waited for has been read", "[debugger]") {
  Recorded t(mm::DeviceKind::Ssd);
  CHECK_THAT(t.why(Scene::kPagedOut), ContainsSubstring("The page is on its way: the thread waits"));
  CHECK_THAT(t.why_now(Scene::at(Scene::kPagedOut)), ContainsSubstring("(in transition) still holds it"));
  REQUIRE(mm::test::state_of(t.scene.machine).transfers.wait_for_next());
  const std::string text = t.why(Scene::kPagedOut);
  CHECK_THAT(text,
             ContainsSubstring(fmt::format("was read for this access, and has arrived in frame {:#07x}.",
                                           t.scene.raw_frame(Scene::kPagedOut))));
  CHECK_THAT(text, ContainsSubstring("A hard fault (paging file)"));
}

TEST_CASE("why of an address: what it is, what it would do, what it did", "[debugger]") {
  Recorded t;
  (void)t.fault(Scene::at(Scene::kUntouched) + 0x20, Access::Write);
  std::string text = t.why_now(Scene::at(Scene::kUntouched));
  CHECK_THAT(text, ContainsSubstring(fmt::format("it is in memory, in frame {:#07x}",
                                                 t.scene.raw_frame(Scene::kUntouched))));
  CHECK_THAT(text, ContainsSubstring("A read now:    No fault: the entries allow it."));
  CHECK_THAT(text,
             ContainsSubstring("Fault 1: a write at 0x10004020 by the instruction at 0x00401000, thread 8: "
                               "demand-zero."));
  text = t.why_now(Scene::at(Scene::kPagedOut));
  CHECK_THAT(text,
             ContainsSubstring("A read now:    A hard page fault: the paging-file resolver would read"));
  CHECK_THAT(text, ContainsSubstring("None is recorded in this page."));
  text = t.why_now(Scene::at(Scene::kClean));
  CHECK_THAT(text, ContainsSubstring("is still good"));
  REQUIRE(t.scene.machine.write(Scene::at(Scene::kClean), 5) == kResolved);
  CHECK_THAT(t.why_now(Scene::at(Scene::kClean)), ContainsSubstring("is out of date"));
}

TEST_CASE("why as JSON", "[debugger]") {
  Recorded t;
  const Json fault = fault_json(t.fault(Scene::at(Scene::kPagedOut)), t.names);
  CHECK(fault["kind"] == "paging file");
  CHECK(fault["cost"] == "hard");
  CHECK(fault["outcome"] == "retry");
  CHECK(fault["status"].is_null());
  CHECK(fault["time_ns"] == 1000);
  CHECK(fault["after"]["working_set_pages"] == 3);
  CHECK(fault["explanation"]["stages"][0]["stage"] == "Walk");
  const Json refused = fault_json(t.fault({0x10}, Access::Write), t.names);
  CHECK(refused["status"] == "STATUS_ACCESS_VIOLATION");
  CHECK(refused["vad"].is_null());
  CHECK(refused["pte"].is_null());
  const auto account = account_of(t.scene.state(), t.scene.space(), Scene::at(Scene::kPagedOut), &t.recorder);
  const Json now = account_json(account, t.names);
  CHECK(now["address"] == "0x10003000");
  CHECK(now["read"]["outcome"] == "no_fault");
  CHECK(now["faults"] == Json::array({1}));
  CHECK(now["slot"]["slot"] == account.story.slot->slot.slot);
}

}  // namespace
}  // namespace emu::debugger::test
