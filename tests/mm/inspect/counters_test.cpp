// The counters add up, whatever was done.
#include "mm/inspect/counters.h"

#include <random>

#include "emulator/kernel/kernel.h"
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;

TEST_CASE("Each kind of fault is counted as itself, and as soft or hard", "[inspect]") {
  struct Row {
    FaultKind kind;
    uint64_t FaultStatistics::*counter;
    uint64_t soft, hard;
  };
  const Row rows[] = {{FaultKind::DemandZero, &FaultStatistics::demand_zero, 1, 0},
                      {FaultKind::Transition, &FaultStatistics::transition, 1, 0},
                      {FaultKind::PagingFile, &FaultStatistics::pagefile, 0, 1},
                      {FaultKind::Guard, &FaultStatistics::guard, 0, 0},
                      {FaultKind::AccessViolation, &FaultStatistics::access_violation, 0, 0},
                      {FaultKind::InPageError, &FaultStatistics::in_page_error, 0, 0}};
  for (const Row& row : rows) {
    INFO(to_string(row.kind));
    FaultStatistics faults;
    count(row.kind, faults);
    CHECK(faults.*row.counter == 1);
    CHECK(faults.soft == row.soft);
    CHECK(faults.hard == row.hard);
    CHECK(faults.total == row.soft + row.hard);
    const uint64_t all = faults.demand_zero + faults.transition + faults.pagefile + faults.prototype +
                         faults.copy_on_write + faults.guard + faults.access_violation + faults.in_page_error;
    CHECK(all == 1);
  }
  FaultStatistics none;
  count(FaultKind::OutOfFrames, none);
  CHECK(none.total + none.in_page_error + none.access_violation == 0);
}

void check_sums(const TestMachine& machine) {
  const MemoryStatistics all = machine.manager->statistics();
  PageCount standby;
  for (const PageCount pages : all.physical.standby) standby += pages;
  const PhysicalStatistics& p = all.physical;
  CHECK(p.available == p.zeroed + p.free + standby);
  CHECK(p.total == p.available + p.modified + p.modified_no_write + p.bad + p.active + p.transition);

  PageCount working_sets, page_tables, private_commit;
  FaultStatistics faults;
  for (const auto& space : machine.manager->state().spaces) {
    const ProcessStatistics process = machine.manager->statistics(*space);
    working_sets += process.working_set;
    page_tables += process.page_tables;
    private_commit += process.private_commit;
    faults.total += process.faults.total;
    faults.demand_zero += process.faults.demand_zero;
    CHECK(process.working_set <= process.working_set_peak);
    CHECK(process.private_commit <= process.private_commit_peak);
    CHECK(process.faults.total == process.faults.soft + process.faults.hard);
  }
  CHECK(p.active == working_sets + all.kernel.page_tables + all.kernel.pool);
  CHECK(all.kernel.page_tables == page_tables);
  CHECK(all.faults.total == faults.total);
  CHECK(all.faults.demand_zero == faults.demand_zero);
  CHECK(all.faults.soft == all.faults.demand_zero + all.faults.transition);
  CHECK(all.faults.hard == all.faults.pagefile);
  CHECK(all.pagefile.reads.value == all.faults.hard);
  CHECK(all.commit.charge >= private_commit + page_tables + all.kernel.pool);
  CHECK(all.commit.charge <= all.commit.limit);
  CHECK(all.commit.charge <= all.commit.peak);
  CHECK(all.pagefile.used <= all.pagefile.peak);
  CHECK(all.pagefile.peak <= all.pagefile.size);
  CHECK(all.pagefile.size <= all.pagefile.maximum);
}

TEST_CASE("The counters of a new machine", "[inspect]") {
  const TestMachine machine;
  const MemoryStatistics all = machine.manager->statistics();
  check_sums(machine);
  CHECK(all.physical.total == PageCount{512});
  CHECK(all.physical.active == PageCount{3});  // KUSER_SHARED_DATA, a directory, a page table
  CHECK(all.kernel.pool == PageCount{1});
  CHECK(all.kernel.page_tables == PageCount{2});
  CHECK(all.commit.charge == PageCount{3});
  CHECK(all.commit.limit < PageCount{512 + 1024});
  CHECK(all.commit.limit >= PageCount{1024 + 512 * 3 / 4});
  CHECK(all.pagefile.size == PageCount{1024});
  const ProcessStatistics process = machine.manager->statistics(*machine.space);
  CHECK(process.working_set == PageCount{0});
  CHECK(process.private_commit == PageCount{0});
  CHECK(process.page_tables == PageCount{2});
}

TEST_CASE("The size of an address space is what its allocations take", "[inspect]") {
  TestMachine machine;
  const auto size = [&] { return machine.manager->statistics(*machine.space).virtual_size; };
  const PageCount before = size();
  CHECK(before == PageCount{16});  // the granule of KUSER_SHARED_DATA
  REQUIRE(machine.allocate(0x10000000, 0x40000, kReserve, x86::page::kReadWrite));
  REQUIRE(machine.allocate(0x10000000, 0x8000, kCommit, x86::page::kReadWrite));
  CHECK(size() == before + PageCount{0x40});
  REQUIRE(machine.free(0x10000000, 0x8000, kDecommit) == NtStatus::Success);
  CHECK(size() == before + PageCount{0x40});
  REQUIRE(machine.free(0x10010000, 0x3000, kRelease) == NtStatus::Success);  // out of the middle
  CHECK(size() == before + PageCount{0x3D});
  REQUIRE(machine.free(0x10000000, 0, kRelease) == NtStatus::Success);
  REQUIRE(machine.free(0x10013000, 0, kRelease) == NtStatus::Success);
  CHECK(size() == before);
  CHECK(machine.manager->statistics(*machine.space).virtual_size_peak == before + PageCount{0x40});
}

TEST_CASE("Counters are kept, not counted when somebody asks", "[inspect]") {
  TestMachine machine;
  machine.commit(4 * kPageSize);
  const KernelStatistics kernel = machine.manager->statistics().kernel;
  const ProcessStatistics process = machine.manager->statistics(*machine.space);
  // Past the doors that count: whoever looks at the frames and entries would find others now.
  MachineState& state = state_of(machine);
  const PhysicalAddress pde = x86::pde_address(machine.space->root(), kSharedUserData.page());
  const uint32_t table = state.ram.read32(pde);
  auto& shared = const_cast<PageFrame&>(state.pfns[state.shared_user_data]);
  shared.use = FrameUse::PageTable;
  state.ram.write32(pde, 0);
  CHECK(machine.manager->statistics().kernel.pool == kernel.pool);
  CHECK(machine.manager->statistics().kernel.page_tables == kernel.page_tables);
  CHECK(machine.manager->statistics(*machine.space).page_tables == process.page_tables);
  shared.use = FrameUse::System;
  state.ram.write32(pde, table);
}

TEST_CASE("The counters add up under random use", "[inspect]") {
  TestMachine machine({256}, {600}, {900});
  AddressSpace* spaces[] = {machine.space, *machine.manager->create_address_space()};
  std::mt19937 source(11);
  const auto random = [&] { return static_cast<uint32_t>(source()); };
  for (int step = 0; step < 300; ++step) {
    machine.space = spaces[random() % 2];
    machine.manager->make_current(*machine.space);
    const uint32_t base = 0x10000000 + random() % 16 * 0x40000, size = (1 + random() % 64) * kPageSize;
    switch (random() % 9) {
      case 0: (void)machine.allocate(base, size, kReserve | kCommit, x86::page::kReadWrite); break;
      case 1: (void)machine.allocate(base, size, kReserve, x86::page::kReadWrite); break;
      case 2:
      case 4: (void)machine.allocate(base, size, kCommit, x86::page::kReadWrite); break;
      case 3: (void)machine.free(base, kPageSize, random() % 4 == 0 ? kRelease : kDecommit); break;
      default:
        for (uint32_t offset = 0; offset < size; offset += kPageSize) (void)machine.write({base + offset}, 1);
    }
    if (step % 10 == 0) machine.manager->run_idle_work();
    check_sums(machine);
  }
  CHECK(machine.manager->statistics().faults.hard > 0);
}

TEST_CASE("Peaks stay when what reached them is gone", "[inspect]") {
  TestMachine machine;
  const uint32_t base = machine.commit(100 * kPageSize);
  for (uint32_t i = 0; i < 100; ++i) REQUIRE(machine.write({base + i * kPageSize}, i) == kResolved);
  REQUIRE(machine.free(base, 0, kRelease) == NtStatus::Success);
  const ProcessStatistics process = machine.manager->statistics(*machine.space);
  CHECK(process.working_set == PageCount{0});
  CHECK(process.working_set_peak == PageCount{100});
  CHECK(process.private_commit == PageCount{0});
  CHECK(process.private_commit_peak == PageCount{100});
  CHECK(machine.manager->statistics().commit.peak == PageCount{104});
}

TEST_CASE("The machine's faults outlive their process", "[inspect]") {
  TestMachine machine;
  REQUIRE(machine.write({machine.commit(kPageSize)}, 1) == kResolved);
  machine.manager->delete_address_space(*machine.space);
  CHECK(machine.manager->statistics().faults.demand_zero == 1);
}

}  // namespace
}  // namespace mm::test
