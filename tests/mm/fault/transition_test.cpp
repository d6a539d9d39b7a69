#include "mm/inspect/working_set_view.h"
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using x86::Pte;
namespace protection = x86::protection;

struct OnePage {
  TestMachine machine;
  VirtualAddress address{machine.commit(kPageSize)};
  PageFrameNumber frame;

  explicit OnePage(DeviceKind device = DeviceKind::None) : machine({512}, {1024}, {0}, device) {
    REQUIRE(machine.write(address, 42) == kResolved);
    frame = machine.pte(address).frame();
    trim_out(machine, address);
  }
  FaultOutcome fault(Access access = Access::Read) {
    const FaultOutcome outcome = machine.manager->fault(*machine.space, {address, access}, {});
    check_consistent(machine);
    return outcome;
  }
};

TEST_CASE("A page on the modified list comes back with a soft fault", "[fault]") {
  OnePage page;
  const Picture before = picture_of(page.machine);
  CHECK(page.fault() == kResolved);
  CHECK(picture_of(page.machine) - before ==
        Picture{.modified = -1, .active = 1, .working_set = 1, .cached = 1, .soft = 1, .faults = 1});
  CHECK(page.machine.pte(page.address) == x86::valid_pte(page.frame, protection::kReadWrite, Mode::User));
  CHECK(frame_of(page.machine, page.address).modified);
  CHECK(page.machine.read(page.address) == 42);
}

TEST_CASE("A page on the standby list comes back with a soft fault, and keeps its slot", "[fault]") {
  OnePage page;
  REQUIRE(write_modified(state_of(page.machine), {1}));
  const Pte original = state_of(page.machine).pfns[page.frame].original;
  const Picture before = picture_of(page.machine);
  CHECK(page.fault(Access::Write) == kResolved);
  CHECK(picture_of(page.machine) - before ==
        Picture{.standby = -1, .active = 1, .working_set = 1, .cached = 1, .soft = 1, .faults = 1});
  CHECK(page.machine.pte(page.address) == x86::valid_pte(page.frame, protection::kReadWrite, Mode::User));
  CHECK_FALSE(frame_of(page.machine, page.address).modified);
  CHECK(frame_of(page.machine, page.address).original == original);
  CHECK(page.machine.read(page.address) == 42);
}

TEST_CASE("A page that is being written is waited for, and found when the write has ended", "[fault]") {
  OnePage page(DeviceKind::Ssd);
  REQUIRE(write_modified(state_of(page.machine), {1}));
  const Picture before = picture_of(page.machine);
  const Pte entry = page.machine.pte(page.address);
  CHECK(page.fault() == FaultOutcome::wait());
  CHECK(page.fault(Access::Write) == FaultOutcome::wait());
  CHECK(picture_of(page.machine) - before == Picture{});  // it counts when it is made again
  CHECK(page.machine.pte(page.address) == entry);
  page.machine.clock.wait_until(page.fault().until);
  CHECK(page.fault() == kResolved);
  CHECK(page.machine.read(page.address) == 42);
  CHECK((picture_of(page.machine) - before).cached == 1);
}

TEST_CASE("A wrong access to a page in transition is a violation and moves nothing", "[fault]") {
  TestMachine machine;
  const VirtualAddress address{machine.commit(kPageSize, x86::page::kReadOnly)};
  REQUIRE(machine.read(address) == 0);
  trim_out(machine, address);
  const Picture before = picture_of(machine);
  CHECK(machine.manager->fault(*machine.space, {address, Access::Write}, {}) == kViolation);
  CHECK(picture_of(machine) - before == Picture{.access_violation = 1});
  CHECK(machine.read(address) == 0);
}

TEST_CASE("A page found again is the newest of its working set", "[fault]") {
  TestMachine machine;
  const uint32_t base = machine.commit(3 * kPageSize);
  for (uint32_t i = 0; i < 3; ++i) REQUIRE(machine.read({base + i * kPageSize}) == 0);
  trim_out(machine, {base});
  REQUIRE(machine.read({base}) == 0);
  const auto pages = working_set_of(machine.manager->state(), *machine.space);
  CHECK(pages.front().page == VirtualAddress{base + kPageSize}.page());
  CHECK(pages.back().page == VirtualAddress{base}.page());
}

}  // namespace
}  // namespace mm::test
