#include "mm/fault/dispatcher.h"
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using x86::Pte;
using x86::PteKind;
namespace protection = x86::protection;

const FaultOutcome kDeviceError = FaultOutcome::raise(NtStatus::InPageError, NtStatus::DeviceDataError);

// Pages in the paging file only.
struct PagedOut {
  static constexpr uint32_t kPages = 20;
  TestMachine machine;
  uint32_t base = machine.commit(kPages * kPageSize);

  PagedOut() {
    for (uint32_t i = 0; i < kPages; ++i) REQUIRE(machine.write(address(i), 1000 + i) == kResolved);
    for (uint32_t i = 1; i < kPages; ++i) trim_out(machine, address(i));
    page_out(machine, address(0));
    for (uint32_t i = 0; i < kPages; ++i)
      REQUIRE(x86::decode(machine.pte(address(i))) == PteKind::PagingFile);
  }
  VirtualAddress address(uint32_t i) const { return {base + i * kPageSize}; }
  FaultOutcome fault(uint32_t i, Access access = Access::Read) {
    const FaultOutcome outcome = machine.manager->fault(*machine.space, {address(i), access}, {});
    check_consistent(machine);
    return outcome;
  }
};

TEST_CASE("A page in the paging file is read with a hard fault, and keeps its slot", "[fault]") {
  PagedOut pages;
  const Pte stored = pages.machine.pte(pages.address(3));
  const Picture before = picture_of(pages.machine);
  CHECK(pages.fault(3) == kResolved);
  CHECK(picture_of(pages.machine) - before == Picture{.free = -1,
                                                      .active = 1,
                                                      .working_set = 1,
                                                      .reads = 1,
                                                      .read_operations = 1,
                                                      .pagefile = 1,
                                                      .hard = 1,
                                                      .faults = 1});
  const Pte pte = pages.machine.pte(pages.address(3));
  CHECK(pte == x86::valid_pte(pte.frame(), protection::kReadWrite, Mode::User));
  CHECK(frame_of(pages.machine, pages.address(3)).original == without_protection(stored));
  CHECK_FALSE(frame_of(pages.machine, pages.address(3)).modified);
  CHECK(pages.machine.read(pages.address(3)) == 1003);
}

TEST_CASE("A read that fails is an in-page error, and can be made again", "[fault]") {
  PagedOut pages;
  const Pte stored = pages.machine.pte(pages.address(3));
  pages.machine.storage->reads_until_failure = 0;
  const Picture before = picture_of(pages.machine);
  CHECK(pages.fault(3) == kDeviceError);
  CHECK(picture_of(pages.machine) - before == Picture{.in_page_error = 1});
  CHECK(pages.machine.pte(pages.address(3)) == stored);
  CHECK(pages.fault(3) == kResolved);
  CHECK(pages.machine.read(pages.address(3)) == 1003);
}

TEST_CASE("Whichever read fails, everything that is paged out stays readable", "[fault]") {
  for (int n = 0; n < 20; ++n) {
    PagedOut pages;
    pages.machine.storage->reads_until_failure = n;
    int failed = 0;
    for (uint32_t i = 0; i < PagedOut::kPages; ++i) {
      const FaultOutcome outcome = pages.fault(i);
      if (outcome == kDeviceError) ++failed;
      if (outcome == kDeviceError) REQUIRE(static_cast<int>(i) == n);
    }
    CHECK(failed == 1);
    for (uint32_t i = 0; i < PagedOut::kPages; ++i) CHECK(pages.machine.read(pages.address(i)) == 1000 + i);
    CHECK(pages.machine.manager->statistics().faults.in_page_error == 1);
  }
}

TEST_CASE("While the device is gone, pages in memory are not affected", "[fault]") {
  PagedOut pages;
  REQUIRE(pages.fault(0) == kResolved);
  pages.machine.storage->reads_until_failure = 0;
  pages.machine.storage->fail_for_good = true;
  for (int i = 0; i < 50; ++i) CHECK(pages.fault(1 + static_cast<uint32_t>(i) % 19) == kDeviceError);
  CHECK(pages.machine.read(pages.address(0)) == 1000);
  CHECK(pages.machine.write(pages.address(0), 7) == kResolved);
  pages.machine.storage->reads_until_failure = -1;
  for (uint32_t i = 1; i < PagedOut::kPages; ++i) CHECK(pages.machine.read(pages.address(i)) == 1000 + i);
}

TEST_CASE("A frame from standby that a failing read spoils costs its page nothing", "[fault]") {
  PagedOut pages;
  TestMachine& machine = pages.machine;
  REQUIRE(pages.fault(0) == kResolved);
  trim_out(machine, pages.address(0));
  const HeldFrames rest(machine, 1);  // the one on standby is the last
  REQUIRE(machine.manager->statistics().physical.standby[kNormalPriority] == PageCount{1});
  machine.storage->reads_until_failure = 0;
  const Picture before = picture_of(machine);
  CHECK(serve_fault(state_of(machine), *machine.space, {pages.address(1)})->status == NtStatus::InPageError);
  CHECK(picture_of(machine) - before == Picture{.free = 1, .standby = -1});
  CHECK(x86::decode(machine.pte(pages.address(0))) == PteKind::PagingFile);
  CHECK(machine.read(pages.address(0)) == 1000);
}

TEST_CASE("A page that is written after it was read back goes to a new place", "[fault]") {
  PagedOut pages;
  TestMachine& machine = pages.machine;
  for (uint32_t round = 1; round < 5; ++round) {
    REQUIRE(machine.write(pages.address(2), round) == kResolved);
    page_out(machine, pages.address(2));
    CHECK(machine.manager->statistics().pagefile.used == PageCount{PagedOut::kPages});
    CHECK(machine.read(pages.address(2)) == round);
  }
  CHECK(machine.read(pages.address(1)) == 1001);
}

}  // namespace
}  // namespace mm::test
