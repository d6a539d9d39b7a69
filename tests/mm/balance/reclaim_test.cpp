#include "mm/balance/reclaim.h"

#include "mm/balance/idle.h"
#include "mm/balance/trimmer.h"
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

struct Pages {
  TestMachine machine;
  uint32_t count;
  uint32_t base;

  Pages(uint32_t pages, Access access, PageCount slots = {1024}) : machine({256}, slots), count(pages) {
    base = machine.commit(pages * kPageSize);
    for (uint32_t i = 0; i < pages; ++i) REQUIRE(machine.access(address(i), access) == kResolved);
  }
  VirtualAddress address(uint32_t i) const { return {base + i * kPageSize}; }
  PageCount available() { return state_of(machine).pfns.available(); }
};

TEST_CASE("Reclaiming begins early in proportion to RAM", "[balance]") {
  struct Row {
    uint32_t ram, low;
  };
  for (const Row& row : {Row{256, 28}, {1024, 28}, {1856, 29}, {4096, 64}, {65536, 1024}, {1u << 20, 1024}}) {
    CHECK(watermarks({row.ram}).low == PageCount{row.low});
    CHECK(watermarks({row.ram}).target == PageCount{2 * row.low});
  }
}

TEST_CASE("Where enough is available, nothing is reclaimed", "[balance]") {
  Pages pages(50, Access::Write);
  const Picture before = picture_of(pages.machine);
  const int flushes = pages.machine.tlb.flushes;
  CHECK(reclaim(state_of(pages.machine), {}) == NtStatus::Success);
  CHECK(picture_of(pages.machine) - before == Picture{});
  CHECK(pages.machine.tlb.flushes == flushes);
}

TEST_CASE("Clean pages are trimmed until the target is met, and not written", "[balance]") {
  Pages pages(100, Access::Read);
  const HeldFrames rest(pages.machine, 3);
  const Picture before = picture_of(pages.machine);
  CHECK(reclaim(state_of(pages.machine), {}) == NtStatus::Success);
  CHECK(pages.available() == watermarks({256}).target);
  CHECK(picture_of(pages.machine) - before == Picture{.standby = 53, .active = -53, .working_set = -53});
  check_consistent(pages.machine);
}

TEST_CASE("Dirty pages are trimmed and written", "[balance]") {
  Pages pages(100, Access::Write);
  const HeldFrames rest(pages.machine, 3);
  const Picture before = picture_of(pages.machine);
  CHECK(reclaim(state_of(pages.machine), {}) == NtStatus::Success);
  CHECK(pages.available() >= watermarks({256}).target);
  CHECK(picture_of(pages.machine) - before == Picture{.standby = 53,
                                                      .active = -53,
                                                      .working_set = -53,
                                                      .slots = 53,
                                                      .writes = 53,
                                                      .write_operations = 4});
  check_consistent(pages.machine);
}

TEST_CASE("Pages that are modified already are written before others are trimmed", "[balance]") {
  Pages pages(100, Access::Write);
  for (uint32_t i = 20; i < 90; ++i) trim_out(pages.machine, pages.address(i));
  const HeldFrames rest(pages.machine, 3);
  const Picture before = picture_of(pages.machine);
  CHECK(reclaim(state_of(pages.machine), {}) == NtStatus::Success);
  const Picture change = picture_of(pages.machine) - before;
  CHECK(change.working_set == 0);
  CHECK(change.standby == 64);
  CHECK(change.modified == -64);
}

TEST_CASE("While writing fails, clean pages are found", "[balance]") {
  Pages pages(100, Access::Write);
  const uint32_t clean = pages.machine.commit(10 * kPageSize);
  for (uint32_t i = 0; i < 10; ++i) REQUIRE(pages.machine.read({clean + i * kPageSize}) == 0);
  for (uint32_t i = 0; i < 100; ++i) {
    if (i >= 84) REQUIRE(pages.machine.write(pages.address(i), 1) == kResolved);
  }
  pages.machine.storage->writes_until_failure = 0;
  pages.machine.storage->fail_for_good = true;
  const uint32_t newest = pages.machine.commit(kNewestCleanKept.value * kPageSize);
  for (uint32_t i = 0; i < kNewestCleanKept.value; ++i)
    REQUIRE(pages.machine.read({newest + i * kPageSize}) == 0);
  const HeldFrames rest(pages.machine, 0);
  const Picture before = picture_of(pages.machine);
  CHECK(reclaim(state_of(pages.machine), {}) == NtStatus::DeviceDataError);
  CHECK(pages.available() == PageCount{10});
  const Picture change = picture_of(pages.machine) - before;
  CHECK(change.standby == 10);
  CHECK(change.slots == 0);
  CHECK(change.writes == 0);
  CHECK(reclaim(state_of(pages.machine), {}) == NtStatus::DeviceDataError);
  CHECK(picture_of(pages.machine) - before == change);  // nothing else is trimmed for nothing
  check_consistent(pages.machine);
  pages.machine.storage->writes_until_failure = -1;
  CHECK(reclaim(state_of(pages.machine), {}) == NtStatus::Success);
}

TEST_CASE("One write that fails does not end reclaiming while clean pages are left", "[balance]") {
  Pages pages(100, Access::Read);
  for (uint32_t i = 0; i < 20; ++i) REQUIRE(pages.machine.write(pages.address(i), i + 1) == kResolved);
  pages.machine.storage->writes_until_failure = 0;
  const HeldFrames rest(pages.machine, 0);
  CHECK(reclaim(state_of(pages.machine), {}) == NtStatus::DeviceDataError);
  CHECK(pages.available() >= watermarks({256}).target);
  for (uint32_t i = 0; i < 20; ++i) CHECK(pages.machine.read(pages.address(i)) == i + 1);
}

TEST_CASE("Idle work zeroes free frames, some at a time", "[balance]") {
  Pages pages(100, Access::Read);
  { const HeldFrames all(pages.machine); }
  const Picture before = picture_of(pages.machine);
  const uint32_t free = pages.machine.manager->statistics().physical.free.value;
  REQUIRE(free > 64);
  pages.machine.manager->run_idle_work();
  CHECK(picture_of(pages.machine) - before == Picture{.zeroed = 64, .free = -64});
  for (int i = 0; i < 3; ++i) pages.machine.manager->run_idle_work();
  CHECK(picture_of(pages.machine) - before == Picture{.zeroed = free, .free = -int64_t{free}});
  check_consistent(pages.machine);
}

TEST_CASE("Idle work writes modified pages while they are more than an eighth of RAM", "[balance]") {
  Pages pages(100, Access::Write);
  for (uint32_t i = 0; i < 32; ++i) trim_out(pages.machine, pages.address(i));
  Picture before = picture_of(pages.machine);
  pages.machine.manager->run_idle_work();
  CHECK(picture_of(pages.machine) - before == Picture{});
  trim_out(pages.machine, pages.address(32));
  before = picture_of(pages.machine);
  SECTION("as long as writing works") {
    pages.machine.manager->run_idle_work();
    CHECK(picture_of(pages.machine) - before ==
          Picture{.standby = 16, .modified = -16, .slots = 16, .writes = 16, .write_operations = 1});
  }
  SECTION("and goes on when it does not") {
    pages.machine.storage->writes_until_failure = 0;
    pages.machine.manager->run_idle_work();
    CHECK(picture_of(pages.machine) - before == Picture{});
    check_consistent(pages.machine);
  }
}

}  // namespace
}  // namespace mm::test
