#include "mm/process/resident_pages.h"

#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using x86::Pte;
using x86::PteKind;
namespace protection = x86::protection;

// One page in whatever condition.
struct OnePage {
  TestMachine machine;
  VirtualAddress address{machine.commit(kPageSize)};

  Pte pte() const { return machine.pte(address); }
  PteKind kind() const { return x86::decode(pte()); }
  const PageFrame& frame() { return frame_of(machine, address); }
  void write(uint32_t value) { REQUIRE(machine.write(address, value) == kResolved); }
  void trim() { trim_out(machine, address); }
  void write_out() { REQUIRE(write_modified(state_of(machine), {1})); }
  void discard(Pte replacement) {
    discard_page(state_of(machine), *machine.space, entry_of(machine, address), replacement);
  }
  void protect(x86::Protection to) {
    protect_page(state_of(machine), *machine.space, entry_of(machine, address), to);
    check_consistent(machine);
  }
};

TEST_CASE("Trimming a clean page puts it on standby, a dirty one on the modified list", "[process]") {
  OnePage page;
  REQUIRE(page.machine.access(page.address, Access::Read) == kResolved);
  const PageFrameNumber frame = page.pte().frame();
  Picture before = picture_of(page.machine);
  SECTION("clean") {
    page.trim();
    CHECK(picture_of(page.machine) - before == Picture{.standby = 1, .active = -1, .working_set = -1});
  }
  SECTION("dirty") {
    page.write(1);
    page.trim();
    CHECK(picture_of(page.machine) - before == Picture{.modified = 1, .active = -1, .working_set = -1});
  }
  CHECK(page.pte() == x86::transition_pte(frame, protection::kReadWrite));
  REQUIRE(page.machine.tlb.invalidated.size() == 1);
  CHECK(page.machine.tlb.invalidated[0].page == page.address.page());
  CHECK(page.machine.tlb.invalidated[0].frame == frame);
  check_consistent(page.machine);
}

TEST_CASE("A page read back keeps its slot until it is written", "[process]") {
  OnePage page;
  page.write(77);
  page_out(page.machine, page.address);
  REQUIRE(page.kind() == PteKind::PagingFile);
  const Pte stored = page.pte();
  CHECK(page.machine.read(page.address) == 77);
  CHECK(page.frame().original == without_protection(stored));
  const Picture before = picture_of(page.machine);
  SECTION("clean: it needs no writing out again") {
    page.trim();
    CHECK(picture_of(page.machine) - before == Picture{.standby = 1, .active = -1, .working_set = -1});
    CHECK(page.frame().original == without_protection(stored));
  }
  SECTION("dirty: the slot is out of date and released") {
    page.write(78);
    page.trim();
    CHECK(picture_of(page.machine) - before ==
          Picture{.modified = 1, .active = -1, .working_set = -1, .slots = -1});
    CHECK(page.frame().original == x86::demand_zero_pte(protection::kUnset));
    CHECK(page.machine.read(page.address) == 78);
  }
  check_consistent(page.machine);
}

TEST_CASE("A page from the modified list is still modified when it is trimmed again unwritten", "[process]") {
  OnePage page;
  page.write(5);
  page.trim();
  CHECK(page.machine.read(page.address) == 5);
  CHECK_FALSE(page.pte().has(Pte::kDirty));
  page.trim();
  CHECK(page.machine.manager->statistics().physical.modified == PageCount{1});
  CHECK(page.machine.manager->statistics().physical.standby[kNormalPriority] == PageCount{0});
}

// What each kind of entry gives up.
TEST_CASE("Discarding gives up frame and slot", "[process]") {
  OnePage page;
  const auto expect = [&](const Picture& change) {
    const Picture before = picture_of(page.machine);
    page.discard(x86::demand_zero_pte(protection::kReadWrite));
    CHECK(page.kind() == PteKind::DemandZero);
    CHECK(picture_of(page.machine) - before == change);
    check_consistent(page.machine);
    REQUIRE(page.machine.read(page.address) == 0);
  };
  page.write(1);
  SECTION("valid") { expect({.free = 1, .active = -1, .working_set = -1}); }
  SECTION("valid, with a slot") {
    page_out(page.machine, page.address);
    CHECK(page.machine.read(page.address) == 1);
    expect({.free = 1, .active = -1, .working_set = -1, .slots = -1});
  }
  SECTION("valid, dirty, with a slot that is out of date") {
    page_out(page.machine, page.address);
    page.write(2);
    expect({.free = 1, .active = -1, .working_set = -1, .slots = -1});
  }
  SECTION("modified") {
    page.trim();
    expect({.free = 1, .modified = -1});
  }
  SECTION("on standby, with a slot") {
    page.trim();
    page.write_out();
    expect({.free = 1, .standby = -1, .slots = -1});
  }
  SECTION("in the paging file") {
    page_out(page.machine, page.address);
    expect({.slots = -1});
  }
  SECTION("demand-zero") {
    page.discard(x86::demand_zero_pte(protection::kReadWrite));
    expect({});
  }
}

TEST_CASE("Discarding a shared system page leaves its frame", "[process]") {
  TestMachine machine;
  const Picture before = picture_of(machine);
  const PhysicalAddress at = entry_of(machine, kSharedUserData);
  const Pte shared = machine.pte(kSharedUserData);
  discard_page(state_of(machine), *machine.space, at, Pte{});
  CHECK(picture_of(machine) - before == Picture{});
  CHECK(machine.pte(kSharedUserData).raw == 0);
  state_of(machine).tables.write(at, shared);
}

TEST_CASE("Protecting a valid page keeps its Accessed and Dirty bits", "[process]") {
  OnePage page;
  page.write(9);
  const Picture before = picture_of(page.machine);
  const PageFrameNumber frame = page.pte().frame();
  page.protect(protection::kReadOnly);
  CHECK(page.pte() ==
        x86::valid_pte(frame, protection::kReadOnly, Mode::User).with(Pte::kAccessed | Pte::kDirty));
  CHECK(remembered(page.machine, page.address).protection() == protection::kReadOnly);
  CHECK(page.machine.tlb.invalidated.size() == 1);
  page.protect(protection::kReadWrite);
  CHECK(page.machine.tlb.invalidated.size() == 1);
  CHECK(picture_of(page.machine) - before == Picture{});
  page.trim();
  CHECK(page.machine.manager->statistics().physical.modified == PageCount{1});
}

TEST_CASE("A valid page that becomes inaccessible, or a guard page, leaves the working set", "[process]") {
  const x86::Protection guard{static_cast<uint8_t>(protection::kReadWrite.code | 16)};
  for (const x86::Protection to : {protection::kNoAccess, guard}) {
    OnePage page;
    page.write(9);
    const PageFrameNumber frame = page.pte().frame();
    const Picture before = picture_of(page.machine);
    page.protect(to);
    CHECK(picture_of(page.machine) - before == Picture{.modified = 1, .active = -1, .working_set = -1});
    CHECK(page.pte() == x86::transition_pte(frame, to));
    page.protect(protection::kReadWrite);
    CHECK(page.machine.read(page.address) == 9);
  }
}

TEST_CASE("A new protection survives every way of being away", "[process]") {
  OnePage page;
  page.write(9);
  SECTION("in the paging file") {
    page_out(page.machine, page.address);
    const Pte stored = page.pte();
    page.protect(protection::kReadOnly);
    CHECK(page.pte() == x86::paging_file_pte(stored.slot(), protection::kReadOnly));
  }
  SECTION("on the modified list, then written out") {
    page.trim();
    page.protect(protection::kReadOnly);
    page.write_out();
    const HeldFrames all(page.machine);
    CHECK(page.kind() == PteKind::PagingFile);
    CHECK(page.pte().protection() == protection::kReadOnly);
  }
  SECTION("on standby, then repurposed") {
    page.trim();
    page.write_out();
    page.protect(protection::kReadOnly);
    const HeldFrames all(page.machine);
    CHECK(page.kind() == PteKind::PagingFile);
    CHECK(page.pte().protection() == protection::kReadOnly);
  }
  CHECK(page.machine.write(page.address, 1) == kViolation);
  CHECK(page.machine.read(page.address) == 9);
}

TEST_CASE("A never touched page keeps its protection in a demand-zero entry", "[process]") {
  OnePage page;
  page.write(1);
  page.discard(x86::demand_zero_pte(protection::kReadWrite));
  page.protect(protection::kReadOnly);
  CHECK(page.pte() == x86::demand_zero_pte(protection::kReadOnly));
}

TEST_CASE("A page table is made once, and not without a frame", "[process]") {
  TestMachine machine;
  const VirtualPageNumber page = VirtualAddress{0x10000000}.page();
  REQUIRE(machine.allocate(0x10000000, kPageSize, allocation::kReserve | allocation::kCommit,
                           x86::page::kReadWrite));
  const Picture before = picture_of(machine);
  {
    const HeldFrames rest(machine, beyond_reserve(machine, 0));
    CHECK_FALSE(ensure_page_table(state_of(machine), *machine.space, page));
    check_consistent(machine);
  }
  CHECK(ensure_page_table(state_of(machine), *machine.space, page));
  CHECK(ensure_page_table(state_of(machine), *machine.space, page));
  const Picture change = picture_of(machine) - before;
  CHECK(change.page_tables == 1);
  CHECK(change.active == 1);
  CHECK(change.commit == 0);
  CHECK(machine.free(0x10000000, 0, allocation::kRelease) == NtStatus::Success);
}

}  // namespace
}  // namespace mm::test
