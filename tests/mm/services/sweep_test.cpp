// Every amount of frames and of commit left, for each service: it succeeds, or fails with a documented status
// and leaves everything as it was, but for page tables made, which can go. Once there is enough, it does what
// it should.
#include <functional>
#include <string>

#include "mm/process/allocations.h"
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

constexpr uint32_t kBase = 0x10000000;
constexpr uint32_t kSize = 2 * kLargePageSize + 0x10000;  // in the pages of three tables

struct Service {
  std::string name;
  std::function<void(TestMachine&)> prepare;
  std::function<NtStatus(TestMachine&)> call;  // below the memory manager: nothing makes frames available
  uint32_t frames, commit;                     // what it needs
};

// Of an Attempt or a Result.
template <class Outcome>
NtStatus status_of(const Outcome& outcome) {
  return outcome ? NtStatus::Success : Impediment(outcome.error()).status();
}

NtStatus allocate(TestMachine& machine, uint32_t base, uint32_t size, uint32_t type, uint32_t protect) {
  return status_of(allocate_virtual_memory(state_of(machine), *machine.space,
                                           {.base = {base}, .size = size, .type = type, .protect = protect}));
}

void reserve(TestMachine& machine) { REQUIRE(machine.allocate(kBase, kSize, kReserve, page::kReadWrite)); }
void reserve_and_commit(TestMachine& machine) {
  REQUIRE(machine.allocate(kBase, kSize, kReserve | kCommit, page::kReadWrite));
}

// Three pages on both sides of each border between tables.
std::vector<Service> services() {
  constexpr uint32_t kMiddle = kBase + kLargePageSize - 0x1000, kMiddleSize = kLargePageSize + 0x2000;
  return {
      {"reserve", [](TestMachine&) {},
       [](TestMachine& machine) { return allocate(machine, kBase, kSize, kReserve, page::kReadWrite); }, 0,
       0},
      {"reserve and commit", [](TestMachine&) {},
       [](TestMachine& machine) {
         return allocate(machine, kBase, 0x8000, kReserve | kCommit, page::kReadWrite);
       },
       0, 9},
      {"commit", reserve,
       [](TestMachine& machine) {
         return allocate(machine, kBase + kLargePageSize - 0x2000, 0x4000, kCommit, page::kReadWrite);
       },
       2, 6},
      {"commit as something else", reserve_and_commit,
       [](TestMachine& machine) { return allocate(machine, kMiddle, kMiddleSize, kCommit, page::kReadOnly); },
       3, 0},
      {"decommit", reserve_and_commit,
       [](TestMachine& machine) {
         return status_of(
             free_virtual_memory(state_of(machine), *machine.space, {{kMiddle}, kMiddleSize}, kDecommit));
       },
       0, 0},
      {"release in part", reserve_and_commit,
       [](TestMachine& machine) {
         return status_of(
             free_virtual_memory(state_of(machine), *machine.space, {{kMiddle}, kMiddleSize}, kRelease));
       },
       0, 0},
      {"protect", reserve_and_commit,
       [](TestMachine& machine) {
         return status_of(protect_virtual_memory(state_of(machine), *machine.space, {{kMiddle}, kMiddleSize},
                                                 page::kReadOnly));
       },
       3, 0},
  };
}

// Everything that VirtualQuery tells.
std::vector<RegionInformation> regions(const TestMachine& machine) {
  std::vector<RegionInformation> all;
  for (uint32_t address = 0; address < 0x7FFF0000; address = all.back().base.value + all.back().size) {
    all.push_back(machine.query(address));
  }
  return all;
}

void check_failed_cleanly(TestMachine& machine, const Picture& before,
                          const std::vector<RegionInformation>& old) {
  drop_empty_tables(state_of(machine), *machine.space, {VirtualPageNumber(0), kSystemBase.page()});
  Picture change = picture_of(machine) - before;
  CHECK(change.zeroed + change.free == 0);
  change.zeroed = change.free = 0;
  CHECK(change == Picture{});
  CHECK(regions(machine) == old);
}

TEST_CASE("A service that lacks frames or commit fails cleanly, and works once it has them", "[services]") {
  constexpr PageCount kSlots{2300};
  for (const Service& service : services()) {
    TestMachine expected({512}, kSlots);
    service.prepare(expected);
    REQUIRE(service.call(expected) == NtStatus::Success);

    for (uint32_t frames = 0; frames <= service.frames; ++frames) {
      for (uint32_t commit = 0; commit <= service.commit; ++commit) {
        INFO(service.name << " with " << frames << " frames, " << commit << " pages of commit");
        TestMachine machine({512}, kSlots);
        service.prepare(machine);
        const std::vector<RegionInformation> old = regions(machine);
        {
          const Scarce scarce(machine, frames, commit);
          const Picture before = picture_of(machine);
          const NtStatus status = service.call(machine);
          const NtStatus should = commit < service.commit   ? NtStatus::CommitmentLimit
                                  : frames < service.frames ? NtStatus::NoMemory
                                                            : NtStatus::Success;
          CHECK(status == should);
          if (status != NtStatus::Success) check_failed_cleanly(machine, before, old);
          check_consistent(machine);
          if (status == NtStatus::Success) continue;
        }
        CHECK(service.call(machine) == NtStatus::Success);
        CHECK(regions(machine) == regions(expected));
        CHECK(machine.manager->statistics().commit.charge == expected.manager->statistics().commit.charge);
        check_consistent(machine);
      }
    }
  }
}

// RAM full of modified pages, so that a service that needs a page table has to have some written first.
struct FullOfDirtyPages {
  TestMachine machine{PageCount{256}, PageCount{1024}};
  uint32_t dirty = machine.commit(230 * kPageSize);
  uint32_t reserved = 0;

  FullOfDirtyPages() {
    const auto region = machine.allocate(0, 64 * kLargePageSize, kReserve, page::kReadWrite);
    REQUIRE(region);
    reserved = region->base.value;
    for (uint32_t i = 0; i < 230; ++i) REQUIRE(machine.write({dirty + i * kPageSize}, i) == kResolved);
  }
  NtStatus commit_here_and_there() {
    for (uint32_t i = 0; i < 60; ++i) {
      const auto result =
          machine.allocate(reserved + i * kLargePageSize, kPageSize, kCommit, page::kReadWrite);
      if (!result) return result.error();
    }
    return NtStatus::Success;
  }
  void check_content() {
    for (uint32_t i = 0; i < 230; ++i) REQUIRE(machine.read({dirty + i * kPageSize}) == i);
  }
};

TEST_CASE("A service makes frames available when it needs them", "[services]") {
  FullOfDirtyPages full;
  CHECK(full.commit_here_and_there() == NtStatus::Success);
  CHECK(full.machine.manager->statistics().pagefile.writes > PageCount{0});
  full.check_content();
}

TEST_CASE("Whichever write fails, a service succeeds in the end", "[services]") {
  for (const int n : {0, 1, 3}) {
    FullOfDirtyPages full;
    full.machine.storage->writes_until_failure = n;
    CHECK(full.commit_here_and_there() == NtStatus::Success);
    full.check_content();
  }
}

TEST_CASE("When nothing can be written any more, a service is refused and nothing is lost", "[services]") {
  FullOfDirtyPages full;
  full.machine.storage->writes_until_failure = 0;
  full.machine.storage->fail_for_good = true;
  CHECK(full.commit_here_and_there() == NtStatus::NoMemory);
  full.machine.storage->writes_until_failure = -1;
  full.check_content();
  CHECK(full.commit_here_and_there() == NtStatus::Success);
}

TEST_CASE("Address space that is exhausted is a lack of memory", "[services]") {
  TestMachine machine({1024}, {2048});
  constexpr uint32_t kStep = 0x10000000;
  while (machine.allocate(0, kStep, kReserve, page::kReadWrite)) continue;
  const Picture before = picture_of(machine);
  const auto refused = machine.allocate(0, kStep, kReserve | kCommit, page::kReadWrite);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == NtStatus::NoMemory);
  CHECK(picture_of(machine) - before == Picture{});
}

}  // namespace
}  // namespace mm::test
