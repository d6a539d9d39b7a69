// Pages on their way, on a device that takes time.
#include "mm/process/page_transfers.h"

#include <catch2/generators/catch_generators.hpp>

#include "mm/balance/reclaim.h"
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

struct Slow {
  TestMachine machine{{512}, {1024}, {0}, DeviceKind::Ssd};
  uint32_t base = machine.commit(32 * kPageSize);

  MachineState& state() { return state_of(machine); }
  VirtualAddress at(uint32_t page) const { return {base + page * kPageSize}; }
  FaultOutcome fault(uint32_t page, Access access = Access::Read) {
    const FaultOutcome outcome = machine.manager->fault(*machine.space, {at(page), access}, {});
    check_consistent(machine);
    return outcome;
  }
  void store(uint32_t page, uint32_t value) {
    REQUIRE(machine.write(at(page), value) == kResolved);
    page_out(machine, at(page));
    REQUIRE(x86::decode(machine.pte(at(page))) == x86::PteKind::PagingFile);
  }
  // Written out, and still under way.
  void send_off(uint32_t page, uint32_t value) {
    REQUIRE(machine.write(at(page), value) == kResolved);
    trim_out(machine, at(page));
    REQUIRE(write_modified(state(), {1}));
    check_consistent(machine);
  }
  PageState place(uint32_t page) { return frame_of(machine, at(page)).state; }
};

TEST_CASE("A read is waited for, and is one hard fault", "[process]") {
  Slow slow;
  slow.store(0, 42);
  const Picture before = picture_of(slow.machine);
  const Time begun = slow.machine.clock.time;
  const FaultOutcome first = slow.fault(0);
  CHECK(first.kind == FaultOutcome::Kind::Wait);
  CHECK(first.until == begun + std::chrono::nanoseconds(107'900));
  CHECK(slow.place(0) == PageState::Transition);
  CHECK(picture_of(slow.machine).faults == before.faults);

  slow.machine.clock.wait_until(first.until - Time(1));
  const FaultOutcome early = slow.fault(0);  // as another thread's: the same read
  CHECK(early.kind == FaultOutcome::Kind::Wait);
  CHECK(early.until == first.until);
  CHECK(slow.machine.manager->statistics().pagefile.reads == PageCount{1});

  slow.machine.clock.wait_until(first.until);
  const FaultOutcome last = slow.fault(0);
  CHECK(last == kResolved);
  CHECK(last.hard());
  CHECK(slow.machine.read(slow.at(0)) == 42);
  const Picture change = picture_of(slow.machine) - before;
  CHECK(change.faults == 1);
  CHECK(change.soft == 0);
}

TEST_CASE("A page that was read and that nobody fetches waits on the standby list", "[process]") {
  Slow slow;
  slow.store(0, 42);
  slow.machine.clock.wait_until(slow.fault(0).until);
  slow.machine.manager->time_passed();
  check_consistent(slow.machine);
  CHECK(slow.place(0) == PageState::Standby);
  const HeldFrames all(slow.machine);  // its frame is taken: it is stored as before
  CHECK(x86::decode(slow.machine.pte(slow.at(0))) == x86::PteKind::PagingFile);
}

TEST_CASE("Writes are under way until the device is through with them", "[process]") {
  Slow slow;
  const PageCount available = slow.state().pfns.available();
  slow.send_off(0, 1);
  CHECK(slow.place(0) == PageState::Transition);
  CHECK(slow.state().pfns.count(PageState::Transition) == PageCount{1});
  CHECK(slow.state().transfers.on_their_way_out() == PageCount{1});
  REQUIRE(slow.state().transfers.wait_for_next());
  check_consistent(slow.machine);
  CHECK(slow.place(0) == PageState::Standby);
  CHECK(slow.state().transfers.on_their_way_out() == PageCount{0});
  CHECK_FALSE(slow.state().transfers.wait_for_next());
  CHECK(slow.state().pfns.available() <= available);
  CHECK(slow.machine.read(slow.at(0)) == 1);
}

TEST_CASE("What is freed under way gives its slot back at once, and its frame when it arrives", "[process]") {
  Slow slow;
  const bool written = GENERATE(true, false);
  if (written) {
    slow.send_off(0, 1);
  } else {
    slow.store(0, 1);
    REQUIRE(slow.fault(0) == FaultOutcome::wait());
  }
  const PageFrameNumber frame = slow.machine.pte(slow.at(0)).frame();
  REQUIRE(slow.machine.free(slow.base, kPageSize, allocation::kDecommit) == NtStatus::Success);
  check_consistent(slow.machine);
  CHECK(slow.machine.manager->statistics().pagefile.used == PageCount{0});
  CHECK(slow.state().pfns[frame].state == PageState::Transition);
  REQUIRE(slow.state().transfers.wait_for_next());
  check_consistent(slow.machine);
  CHECK(slow.state().pfns[frame].state == PageState::Free);
}

TEST_CASE("An address space can go while its pages are under way", "[process]") {
  Slow slow;
  slow.send_off(0, 1);
  slow.send_off(1, 2);
  slow.machine.manager->delete_address_space(*slow.machine.space);
  slow.machine.space = nullptr;
  slow.machine.verify();
  while (slow.state().transfers.wait_for_next()) slow.machine.verify();
  CHECK(slow.state().pfns.count(PageState::Transition) == PageCount{0});
}

TEST_CASE("MEM_RESET and its undoing reach a page under way", "[process]") {
  Slow slow;
  slow.send_off(0, 7);
  REQUIRE(slow.machine.allocate(slow.base, kPageSize, allocation::kReset, x86::page::kReadWrite));
  check_consistent(slow.machine);
  const bool undone = GENERATE(true, false);
  if (undone)
    REQUIRE(slow.machine.allocate(slow.base, kPageSize, allocation::kResetUndo, x86::page::kReadWrite));
  REQUIRE(slow.state().transfers.wait_for_next());
  check_consistent(slow.machine);
  CHECK(slow.place(0) == (undone ? PageState::Modified : PageState::Standby));
  CHECK(slow.machine.read(slow.at(0)) == 7);
}

TEST_CASE("A protection that changes under way holds when the page arrives", "[process]") {
  Slow slow;
  slow.send_off(0, 7);
  REQUIRE(slow.machine.protect(slow.base, kPageSize, x86::page::kReadOnly));
  CHECK(slow.machine.write(slow.at(0), 8) == kViolation);
  CHECK(slow.machine.read(slow.at(0)) == 7);
}

TEST_CASE("Without a frame a fault waits for one that is on its way out", "[process]") {
  TestMachine machine({300}, {1024}, {0}, DeviceKind::Ssd);
  const uint32_t base = machine.commit(600 * kPageSize);
  bool waited = false;
  for (uint32_t i = 0; i < 600; ++i) {
    const VirtualAddress address{base + i * kPageSize};
    FaultOutcome outcome = machine.manager->fault(*machine.space, {address, Access::Write}, {});
    for (int tries = 0; outcome.kind == FaultOutcome::Kind::Wait && tries < 8; ++tries) {
      waited = true;
      REQUIRE(outcome.until > machine.clock.time);
      machine.clock.wait_until(outcome.until);
      outcome = machine.manager->fault(*machine.space, {address, Access::Write}, {});
    }
    REQUIRE(outcome == kResolved);
    REQUIRE(machine.write(address, i) == kResolved);
  }
  CHECK(waited);
  for (uint32_t i = 0; i < 600; ++i) CHECK(machine.read({base + i * kPageSize}) == i);
}

TEST_CASE("A fault that waits for a frame leaves no page table behind", "[process]") {
  Slow slow;
  slow.send_off(0, 1);
  const uint32_t elsewhere = slow.machine.commit(4 * kPageSize) + (4u << 20);
  REQUIRE(slow.machine.allocate(elsewhere, kPageSize, allocation::kReserve | allocation::kCommit,
                                x86::page::kReadWrite));
  const HeldFrames rest(slow.machine, slow.state().frames.reserve().value + 1);
  const FaultOutcome outcome = slow.machine.manager->fault(*slow.machine.space, {{elsewhere}}, {});
  CHECK(outcome == FaultOutcome::wait());
  check_consistent(slow.machine);
  CHECK(slow.machine.write({elsewhere}, 5) == kResolved);
}

TEST_CASE("A service waits for frames itself", "[process]") {
  TestMachine machine({300}, {4096}, {0}, DeviceKind::Hdd);
  const uint32_t base = machine.commit(400 * kPageSize);
  for (uint32_t i = 0; i < 400; ++i) REQUIRE(machine.write({base + i * kPageSize}, i) == kResolved);
  const HeldFrames rest(machine);
  const Time before = machine.clock.time;
  CHECK(machine.manager->create_address_space());  // which needs a directory
  CHECK(machine.clock.time > before);
}

TEST_CASE("Idle, a device gets one cluster at a time", "[process]") {
  TestMachine machine({512}, {1024}, {0}, DeviceKind::Ssd);
  const uint32_t base = machine.commit(128 * kPageSize);
  for (uint32_t i = 0; i < 128; ++i) REQUIRE(machine.write({base + i * kPageSize}, i) == kResolved);
  for (uint32_t i = 0; i < 128; ++i) trim_out(machine, {base + i * kPageSize});
  for (int i = 0; i < 3; ++i) machine.manager->run_idle_work();
  CHECK(state_of(machine).transfers.on_their_way_out() == PageCount{kClusterPages});
  while (state_of(machine).transfers.wait_for_next()) machine.manager->run_idle_work();
  check_consistent(machine);
  CHECK(state_of(machine).pfns.count(PageState::Modified) == PageCount{512 / 8});
}

TEST_CASE("A read that fails is told at once", "[process]") {
  Slow slow;
  slow.store(0, 42);
  slow.machine.storage->reads_until_failure = 0;
  CHECK(slow.fault(0) == FaultOutcome::raise(NtStatus::InPageError, NtStatus::DeviceDataError));
  CHECK(slow.machine.read(slow.at(0)) == 42);
}

}  // namespace
}  // namespace mm::test
