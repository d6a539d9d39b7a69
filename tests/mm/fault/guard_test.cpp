// Guard pages ("Creating Guard Pages" in Microsoft's API pages): the first access raises
// STATUS_GUARD_PAGE_VIOLATION and ends the guard, the next one finds an ordinary page.
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using x86::PteKind;

const FaultOutcome kGuardHit = FaultOutcome::raise(NtStatus::GuardPageViolation);
constexpr uint32_t kGuarded = x86::page::kReadWrite | x86::page::kGuard;

struct OnePage {
  TestMachine machine;
  VirtualAddress address;

  explicit OnePage(uint32_t protect) : address{machine.commit(2 * kPageSize, protect)} {}
  FaultOutcome fault(Access access) {
    const FaultOutcome outcome = machine.manager->fault(*machine.space, {address, access}, {});
    check_consistent(machine);
    return outcome;
  }
  void guard() { REQUIRE(machine.protect(address.value, kPageSize, kGuarded)); }
  uint32_t protect() const { return machine.query(address.value).protect; }
};

TEST_CASE("A guard page that was never touched raises once", "[fault]") {
  for (const Access access : {Access::Read, Access::Write, Access::Execute}) {
    OnePage page(kGuarded);
    CHECK(page.protect() == kGuarded);
    const Picture before = picture_of(page.machine);
    CHECK(page.fault(access) == kGuardHit);
    CHECK(picture_of(page.machine) - before ==
          Picture{.zeroed = -1, .active = 1, .page_tables = 1, .guard = 1});
    CHECK(page.machine.pte(page.address) == x86::demand_zero_pte(x86::protection::kReadWrite));
    CHECK(page.protect() == x86::page::kReadWrite);
    CHECK(page.machine.query(page.address.value + kPageSize).protect == kGuarded);
    CHECK(page.fault(access) == kResolved);
    CHECK(page.machine.manager->statistics().faults.guard == 1);
  }
}

TEST_CASE("A guard on a page with content raises once and keeps the content", "[fault]") {
  OnePage page(x86::page::kReadWrite);
  REQUIRE(page.machine.write(page.address, 11) == kResolved);
  SECTION("from the working set") {}
  SECTION("on standby") {
    trim_out(page.machine, page.address);
    REQUIRE(write_modified(state_of(page.machine), {1}));
  }
  SECTION("in the paging file") { page_out(page.machine, page.address); }
  SECTION("with a demand-zero entry") {
    REQUIRE(page.machine.free(page.address.value, kPageSize, allocation::kDecommit) == NtStatus::Success);
    REQUIRE(page.machine.allocate(page.address.value, kPageSize, allocation::kCommit, x86::page::kReadWrite));
  }
  const uint32_t content = x86::decode(page.machine.pte(page.address)) == PteKind::DemandZero ? 0 : 11;
  page.guard();
  const Picture before = picture_of(page.machine);
  CHECK(page.fault(Access::Read) == kGuardHit);
  CHECK(picture_of(page.machine) - before == Picture{.guard = 1});
  CHECK(page.protect() == x86::page::kReadWrite);
  CHECK(page.machine.read(page.address) == content);
}

TEST_CASE("A guard page that has been trimmed by its guard stays a guard page through the paging file",
          "[fault]") {
  OnePage page(x86::page::kReadWrite);
  REQUIRE(page.machine.write(page.address, 11) == kResolved);
  page.guard();
  REQUIRE(write_modified(state_of(page.machine), {1}));
  { const HeldFrames all(page.machine); }
  REQUIRE(x86::decode(page.machine.pte(page.address)) == PteKind::PagingFile);
  CHECK(page.machine.pte(page.address).protection().guard());
  CHECK(page.fault(Access::Write) == kGuardHit);
  CHECK(page.machine.read(page.address) == 11);
}

TEST_CASE("An access that the page would not allow without its guard is a violation and keeps the guard",
          "[fault]") {
  OnePage page(x86::page::kReadOnly | x86::page::kGuard);
  CHECK(page.fault(Access::Write) == kViolation);
  CHECK(page.protect() == (x86::page::kReadOnly | x86::page::kGuard));
  CHECK(page.fault(Access::Read) == kGuardHit);
}

TEST_CASE("A guard page needs a page table to remember that it did its work", "[fault]") {
  OnePage page(kGuarded);
  {
    const HeldFrames all(page.machine);
    CHECK(page.fault(Access::Read) == FaultOutcome::raise(NtStatus::NoMemory));
    CHECK(page.protect() == kGuarded);
  }
  CHECK(page.fault(Access::Read) == kGuardHit);
}

}  // namespace
}  // namespace mm::test
