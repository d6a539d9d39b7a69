#include "mm/process/page_view.h"

#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
using x86::PteKind;
namespace protection = x86::protection;

struct Expected {
  bool table;
  PteKind kind;
  Commitment commitment;
  x86::Protection protection;
};

void check(TestMachine& machine, uint32_t address, const Expected& expected) {
  const VirtualPageNumber page = VirtualAddress{address}.page();
  const PageView view =
      view_page(machine.manager->state(), *machine.space, *machine.space->vads.find(page), page);
  CHECK(view.at.has_value() == expected.table);
  CHECK(view.kind == expected.kind);
  CHECK(view.commitment == expected.commitment);
  if (view.commitment == Commitment::Committed) CHECK(view.protection == expected.protection);
}

constexpr uint32_t kBase = 0x10000000;

TEST_CASE("A page without an entry is what its VAD says", "[process]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve, x86::page::kReadOnly));
  REQUIRE(machine.allocate(kBase + 0x10000, 0x10000, kReserve | kCommit, x86::page::kExecuteRead));
  check(machine, kBase, {false, PteKind::Unknown, Commitment::Reserved, {}});
  check(machine, kBase + 0x10000, {false, PteKind::Unknown, Commitment::Committed, protection::kExecuteRead});
  REQUIRE(machine.access({kBase + 0x11000}, Access::Read) == kResolved);  // the table is there now
  check(machine, kBase, {true, PteKind::Unknown, Commitment::Reserved, {}});
  check(machine, kBase + 0x10000, {true, PteKind::Unknown, Commitment::Committed, protection::kExecuteRead});
}

TEST_CASE("A page with an entry is what that says", "[process]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve, x86::page::kReadOnly));
  REQUIRE(machine.allocate(kBase, 0x3000, kCommit, x86::page::kReadWrite));
  check(machine, kBase, {true, PteKind::DemandZero, Commitment::Committed, protection::kReadWrite});
  REQUIRE(machine.write({kBase}, 1) == kResolved);
  check(machine, kBase, {true, PteKind::Valid, Commitment::Committed, protection::kReadWrite});
  trim_out(machine, {kBase});
  check(machine, kBase, {true, PteKind::Transition, Commitment::Committed, protection::kReadWrite});
  CHECK(machine.read({kBase}) == 1);
  page_out(machine, {kBase});
  check(machine, kBase, {true, PteKind::PagingFile, Commitment::Committed, protection::kReadWrite});
  REQUIRE(machine.protect(kBase, 0x1000, x86::page::kNoAccess));
  check(machine, kBase, {true, PteKind::PagingFile, Commitment::Committed, protection::kNoAccess});
  REQUIRE(machine.free(kBase, 0x1000, kDecommit) == NtStatus::Success);
  check(machine, kBase, {true, PteKind::Unknown, Commitment::Reserved, {}});
}

TEST_CASE("A decommitted page of a committed allocation says so itself, with a page table or without",
          "[process]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x3000, kReserve | kCommit, x86::page::kReadWrite));
  REQUIRE(machine.free(kBase + 0x1000, 0x1000, kDecommit) == NtStatus::Success);
  check(machine, kBase, {false, PteKind::Unknown, Commitment::Committed, protection::kReadWrite});
  check(machine, kBase + 0x1000, {false, PteKind::Decommitted, Commitment::Reserved, {}});
  const Vad& vad = *machine.space->vads.find(VirtualAddress{kBase}.page());
  std::vector<std::pair<uint32_t, PteKind>> runs;  // pages that are viewed together, and what they are
  for_each_view(
      machine.manager->state(), *machine.space, vad, vad.range(),
      [&](PageRange pages, const PageView& view) { runs.emplace_back(pages.size().value, view.kind); });
  CHECK(runs == std::vector<std::pair<uint32_t, PteKind>>{
                    {1, PteKind::Unknown}, {1, PteKind::Decommitted}, {1, PteKind::Unknown}});
  REQUIRE(machine.read({kBase + 0x2000}) == 0);
  check(machine, kBase, {true, PteKind::Unknown, Commitment::Committed, protection::kReadWrite});
  check(machine, kBase + 0x1000, {true, PteKind::Decommitted, Commitment::Reserved, {}});
}

TEST_CASE("The shared system page has its VAD's protection", "[process]") {
  TestMachine machine;
  check(machine, kSharedUserData.value, {true, PteKind::Valid, Commitment::Committed, protection::kReadOnly});
}

}  // namespace
}  // namespace mm::test
