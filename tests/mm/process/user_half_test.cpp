#include "mm/process/user_half.h"

#include "mm/process/system_half.h"
#include "tests/mm/page_moves.h"
#include "tests/mm/stops.h"

namespace mm::test {
namespace {

TEST_CASE("A new address space costs a directory, a page table and two pages of commit", "[process]") {
  TestMachine machine;
  const Picture before = picture_of(machine);
  const auto made = create_address_space(state_of(machine));
  REQUIRE(made);
  CHECK(picture_of(machine) - before == Picture{.zeroed = -2, .active = 2, .commit = 2});
  CHECK((*made)->id() == machine.space->id().next());
  CHECK((*made)->vads.size() == PageCount{1});
  CHECK((*made)->working_set.size() == PageCount{0});
  CHECK((*made)->private_commit() == PageCount{0});
  CHECK(machine.access(kSharedUserData, Access::Read, Mode::User, *made) == kResolved);
  check_consistent(machine);
  delete_address_space(state_of(machine), **made);
  CHECK(picture_of(machine) - before == Picture{.zeroed = -2, .free = 2});
  check_consistent(machine);
}

TEST_CASE("An address space that cannot be made leaves nothing behind", "[process]") {
  TestMachine machine;
  for (uint32_t frames = 0; frames <= 2; ++frames) {
    for (uint32_t commit = 0; commit <= 2; ++commit) {
      INFO(frames << " frames, " << commit << " pages of commit");
      const Scarce scarce(machine, frames, commit);
      const Picture before = picture_of(machine);
      const PageCount available = state_of(machine).pfns.available();
      const auto made = create_address_space(state_of(machine));
      REQUIRE(made.has_value() == (frames == 2 && commit == 2));
      if (made) {
        delete_address_space(state_of(machine), **made);
      } else {
        CHECK(made.error().starved() == (commit >= 2));
        CHECK(made.error().status() == (commit < 2 ? NtStatus::CommitmentLimit : NtStatus::NoMemory));
      }
      Picture change = picture_of(machine) - before;
      CHECK(change.zeroed + change.free == 0);
      change.zeroed = change.free = 0;
      CHECK(change == Picture{});
      CHECK(state_of(machine).pfns.available() == available);
      CHECK(state_of(machine).spaces.size() == 1);
      check_consistent(machine);
    }
  }
}

TEST_CASE("Deleting the current address space leaves none current", "[process]") {
  TestMachine machine;
  machine.manager->delete_address_space(*machine.space);
  CHECK(state_of(machine).current == nullptr);
  CHECK(state_of(machine).spaces.empty());
  check_consistent(machine);
  const MemoryStatistics statistics = machine.manager->statistics();
  CHECK(statistics.commit.charge == PageCount{1});  // KUSER_SHARED_DATA
  CHECK(statistics.physical.active == PageCount{1});
}

TEST_CASE("A directory in the frame of one that was current is not current for that", "[process]") {
  TestMachine machine;
  const x86::PagingRoot root = machine.space->root();
  machine.manager->delete_address_space(*machine.space);
  MachineState& state = state_of(machine);
  std::vector<PageFrameNumber> held;
  state.frames.keep_reserve({0});
  while (state.pfns.next_zeroed()) held.push_back(*state.frames.take_zeroed());
  state.pfns.release(*state.frames.take_any());  // the old page table: the directory is first to go now
  machine.space = *create_address_space(state);
  REQUIRE(machine.space->root() == root);
  for (const PageFrameNumber frame : held) state.pfns.release(frame);
  machine.tlb.invalidated.clear();
  const uint32_t base = machine.commit(kPageSize);
  REQUIRE(machine.write({base}, 1) == kResolved);
  REQUIRE(machine.free(base, 0, allocation::kRelease) == NtStatus::Success);
  CHECK(machine.tlb.invalidated.empty());
}

TEST_CASE("Deleting an address space gives up pages of every kind", "[process]") {
  TestMachine machine;
  const MemoryStatistics before = machine.manager->statistics();
  AddressSpace* first = machine.space;
  machine.space = *machine.manager->create_address_space();
  machine.manager->make_current(*machine.space);
  const uint32_t base = machine.commit(8 * kPageSize);
  for (uint32_t i = 0; i < 6; ++i) REQUIRE(machine.write({base + i * kPageSize}, i) == kResolved);
  page_out(machine, {base});              // in the paging file
  page_out(machine, {base + kPageSize});  // read back, clean
  CHECK(machine.read({base + kPageSize}) == 1);
  trim_out(machine, {base + 2 * kPageSize});  // on standby, with a slot
  REQUIRE(write_modified(state_of(machine), {1}));
  trim_out(machine, {base + 3 * kPageSize});  // modified
  REQUIRE(machine.free(base + 4 * kPageSize, kPageSize, allocation::kDecommit) == NtStatus::Success);
  REQUIRE(machine.protect(base + 7 * kPageSize, kPageSize, x86::page::kNoAccess));
  check_consistent(machine);
  machine.manager->delete_address_space(*machine.space);
  check_consistent(machine);
  const MemoryStatistics after = machine.manager->statistics();
  CHECK(after.commit.charge == before.commit.charge);
  CHECK(after.physical.active == before.physical.active);
  CHECK(after.physical.modified == PageCount{0});
  CHECK(after.physical.standby[kNormalPriority] == PageCount{0});
  CHECK(after.pagefile.used == PageCount{0});
  machine.space = first;
}

TEST_CASE("Address spaces do not see each other", "[process]") {
  TestMachine machine;
  AddressSpace* other = *machine.manager->create_address_space();
  REQUIRE(machine.allocate(0x10000000, kPageSize, allocation::kReserve | allocation::kCommit,
                           x86::page::kReadWrite));
  CHECK(machine.access({0x10000000}, Access::Read) == kResolved);
  CHECK(machine.access({0x10000000}, Access::Read, Mode::User, other) == kViolation);
  CHECK(other->faults.access_violation == 1);
  CHECK(machine.space->faults.access_violation == 0);
}

TEST_CASE("System pages are in every address space, those to come too, and charged once", "[process]") {
  TestMachine machine;
  const Picture before = picture_of(machine);
  const VirtualAddress address{0x80000000};
  const auto frame = machine.manager->map_system_page(address.page());
  REQUIRE(frame);
  CHECK(picture_of(machine) - before == Picture{.zeroed = -2, .active = 2, .commit = 2});
  REQUIRE(machine.manager->map_system_page(address.page() + PageCount{1}));
  CHECK(picture_of(machine) - before == Picture{.zeroed = -3, .active = 3, .commit = 3});
  AddressSpace* other = *machine.manager->create_address_space();
  for (AddressSpace* space : {machine.space, other}) {
    CHECK(machine.access(address, Access::Write, Mode::Supervisor, space) == kResolved);
    CHECK(machine.access(address, Access::Read, Mode::User, space) == kViolation);
    const auto walk = x86::walk(state_of(machine).ram, space->root(), address);
    CHECK(walk.physical() == frame->address());
  }
  CHECK(stops([&] { (void)machine.manager->map_system_page(VirtualAddress{0x7FFF0000}.page()); }));
  check_consistent(machine);
}

TEST_CASE("A system page that cannot be had is refused", "[process]") {
  const VirtualPageNumber page = kSystemBase.page();
  for (uint32_t frames = 0; frames <= 2; ++frames) {
    for (uint32_t commit = 0; commit <= 2; ++commit) {
      TestMachine fresh;
      const Scarce scarce(fresh, frames, commit);
      const auto mapped = map_system_page(state_of(fresh), page);
      INFO(frames << " frames, " << commit << " pages of commit");
      CHECK(mapped.has_value() == (frames == 2 && commit == 2));
      check_consistent(fresh);
    }
  }
}

}  // namespace
}  // namespace mm::test
