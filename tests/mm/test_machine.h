// A machine for tests of the memory manager: RAM, a paging file that can be told to fail, a TLB that records,
// and accesses made as the processor makes them. Both of mm::verify's ways run after every step.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "mm/memory_manager.h"
#include "mm/process/machine_state.h"
#include "mm/x86/walk.h"
#include "tests/mm/recording_tlb.h"

namespace mm::test {

// Fails every operation from the n-th on, or only the n-th, counted from the moment of asking.
struct FailingStorage final : PagingFileStorage {
  std::unique_ptr<PagingFileStorage> memory = paging_file_in_memory();
  int reads_until_failure = -1, writes_until_failure = -1;
  bool fail_for_good = false;
  uint32_t largest = 0xFFFFFFFF;  // pages there is room for

  static bool fails(int& left, bool for_good) {
    if (left < 0) return false;
    if (left > 0) return --left, false;
    if (!for_good) left = -1;
    return true;
  }
  NtStatus resize(PageCount pages) override {
    return pages.value > largest ? NtStatus::DiskFull : memory->resize(pages);
  }
  NtStatus read(uint32_t first, std::span<std::byte* const> pages) override {
    return fails(reads_until_failure, fail_for_good) ? NtStatus::DeviceDataError : memory->read(first, pages);
  }
  NtStatus write(uint32_t first, std::span<const std::byte* const> pages) override {
    return fails(writes_until_failure, fail_for_good) ? NtStatus::DeviceDataError
                                                      : memory->write(first, pages);
  }
  Result<std::unique_ptr<PagingFileStorage>> make_another() const override {
    auto another = std::make_unique<FailingStorage>();
    auto made = memory->make_another();
    if (made) another->memory = std::move(*made);
    return another;
  }
};

struct TestClock final : MachineClock {
  Time time{0};

  Time now() const override { return time; }
  void wait_until(Time until) override { time = std::max(time, until); }
};

class TestMachine {
 public:
  explicit TestMachine(PageCount ram = {512}, PageCount pagefile = {1024}, PageCount pagefile_maximum = {0},
                       DeviceKind device = DeviceKind::None)
      : ram_(ram.bytes()), physical_(ram_) {
    auto owned = std::make_unique<FailingStorage>();
    storage = owned.get();
    auto created = MemoryManager::create(physical_, tlb, std::move(owned),
                                         {.paging_file_size = pagefile,
                                          .paging_file_maximum = std::max(pagefile, pagefile_maximum),
                                          .device = device,
                                          .clock = &clock});
    REQUIRE(created);
    manager = std::move(*created);
    const auto made = manager->create_address_space();
    REQUIRE(made);
    space = *made;
    manager->make_current(*space);
    verify();
  }

  // The access of one instruction: as the processor makes it, faults and waits included.
  FaultOutcome access(VirtualAddress address, Access kind, Mode mode = Mode::User,
                      AddressSpace* in = nullptr) {
    AddressSpace& where = in != nullptr ? *in : *space;
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
      const auto walk = x86::walk(physical_, manager->root(where), address);
      if (x86::permits(walk, kind, mode, x86::WriteProtect::On)) {
        const uint32_t noted = x86::Pte::kAccessed | (kind == Access::Write ? x86::Pte::kDirty : 0);
        x86::write_entry(physical_, walk.mode(), walk.last().at, walk.last().entry.with(noted));
        return FaultOutcome::retry();
      }
      const FaultOutcome outcome = manager->fault(where, {address, kind, mode}, {0});
      verify();
      if (outcome.kind == FaultOutcome::Kind::Raise) return outcome;
      if (outcome.kind == FaultOutcome::Kind::Wait) clock.wait_until(outcome.until);
    }
    FAIL("a fault resolved again and again");
    return {};
  }

  FaultOutcome read(VirtualAddress address, uint32_t& value) {
    const FaultOutcome outcome = access(address, Access::Read);
    if (outcome == FaultOutcome::retry()) value = physical_.read32(physical(address));
    return outcome;
  }
  FaultOutcome write(VirtualAddress address, uint32_t value) {
    const FaultOutcome outcome = access(address, Access::Write);
    if (outcome == FaultOutcome::retry()) physical_.write32(physical(address), value);
    return outcome;
  }
  uint32_t read(VirtualAddress address) {
    uint32_t value = 0;
    REQUIRE(read(address, value) == FaultOutcome::retry());
    return value;
  }
  PhysicalAddress physical(VirtualAddress address) const {
    return x86::walk(physical_, manager->root(*space), address).physical();
  }
  x86::Pte pte(VirtualAddress address) const {
    return x86::walk(physical_, manager->root(*space), address).pte();
  }

  Result<MemoryRegion> allocate(uint32_t base, uint32_t size, uint32_t type, uint32_t protect) {
    auto result = manager->allocate_virtual_memory(
        *space, {.base = {base}, .size = size, .type = type, .protect = protect});
    verify();
    return result;
  }
  uint32_t commit(uint32_t size, uint32_t protect = x86::page::kReadWrite) {
    const auto region = allocate(0, size, allocation::kReserve | allocation::kCommit, protect);
    REQUIRE(region);
    return region->base.value;
  }
  NtStatus free(uint32_t base, uint32_t size, uint32_t type) {
    const auto result = manager->free_virtual_memory(*space, {{base}, size}, type);
    verify();
    return result ? NtStatus::Success : result.error();
  }
  Result<ProtectedRegion> protect(uint32_t base, uint32_t size, uint32_t protect) {
    auto result = manager->protect_virtual_memory(*space, {{base}, size}, protect);
    verify();
    return result;
  }
  // What the last step wrote, and then everything, which must agree about that.
  void verify() {
    manager->verify_step();
    manager->verify();
  }

  RegionInformation query(uint32_t address) const {
    const auto result = manager->query_virtual_memory(*space, {address});
    REQUIRE(result);
    return *result;
  }

 private:
  std::vector<std::byte> ram_;  // outlives the memory manager
  PhysicalMemory physical_;

 public:
  static constexpr int kMostAttempts = 8;

  RecordingTlb tlb;
  TestClock clock;
  FailingStorage* storage = nullptr;
  std::unique_ptr<MemoryManager> manager;
  AddressSpace* space = nullptr;
};

inline const FaultOutcome kResolved = FaultOutcome::retry();
inline const FaultOutcome kViolation = FaultOutcome::raise(NtStatus::AccessViolation);

}  // namespace mm::test
