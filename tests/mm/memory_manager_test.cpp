#include "mm/memory_manager.h"

#include <algorithm>
#include <map>
#include <random>

#include "tests/mm/page_moves.h"
#include "tests/mm/test_machine.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

TEST_CASE("A new address space holds KUSER_SHARED_DATA and nothing else", "[mm]") {
  TestMachine machine;
  CHECK(machine.query(0x10000) ==
        RegionInformation{
            .base = {0x10000}, .size = 0x7FFE0000 - 0x10000, .state = kFree, .protect = page::kNoAccess});
  CHECK(machine.query(0x7FFE0000).protect == page::kReadOnly);
  CHECK(machine.access({0x7FFE0014}, Access::Read) == kResolved);
  CHECK(machine.access({0x7FFE0014}, Access::Write) == kViolation);
  CHECK(machine.free(0x7FFE0000, 0, kRelease) == NtStatus::InvalidPageProtection);
  CHECK(machine.access({0x80000000}, Access::Read) == kViolation);
}

TEST_CASE("The page tables appear at 0xC0000000", "[mm]") {
  TestMachine machine;
  const uint32_t base = machine.commit(kPageSize);
  CHECK(machine.write({base}, 1) == kResolved);
  const auto walk =
      x86::walk(PhysicalMemory(machine.manager->state().ram), machine.space->root(),
                x86::pte_virtual_address(machine.space->root().mode(), VirtualAddress{base}.page()));
  REQUIRE(walk.present());
  CHECK_FALSE(walk.user());
  CHECK(machine.manager->state().ram.read32(walk.physical()) == machine.pte({base}).raw);
}

TEST_CASE("RAM that is too small is refused, and so is a paging file without room", "[mm]") {
  std::vector<std::byte> bytes(PageCount{255}.bytes());
  RecordingTlb tlb;
  const auto small = MemoryManager::create(PhysicalMemory(bytes), tlb, nullptr, {});
  REQUIRE_FALSE(small);
  CHECK(small.error() == NtStatus::NoMemory);
  bytes.resize(PageCount{256}.bytes());
  auto storage = std::make_unique<FailingStorage>();
  storage->largest = 100;
  const auto full = MemoryManager::create(PhysicalMemory(bytes), tlb, std::move(storage),
                                          {.paging_file_size = {100}, .paging_file_maximum = {100}});
  REQUIRE_FALSE(full);
  CHECK(full.error() == NtStatus::DiskFull);
}

TEST_CASE("More memory than RAM keeps its content", "[mm]") {
  TestMachine machine({256}, {1024});
  constexpr uint32_t kPages = 900;
  const uint32_t base = machine.commit(kPages * kPageSize);
  for (uint32_t round = 0; round < 3; ++round) {
    for (uint32_t i = 0; i < kPages; ++i) {
      const VirtualAddress address{base + i * kPageSize + i % 1000 * 4};
      if (round > 0) REQUIRE(machine.read(address) == i * 31 + round - 1);
      REQUIRE(machine.write(address, i * 31 + round) == kResolved);
    }
  }
  const MemoryStatistics statistics = machine.manager->statistics();
  CHECK(statistics.faults.demand_zero == kPages);
  CHECK(statistics.faults.hard >= 2 * (kPages - 256));
  CHECK(statistics.pagefile.reads.value == statistics.faults.hard);
  CHECK(machine.free(base, 0, kRelease) == NtStatus::Success);
  CHECK(machine.manager->statistics().pagefile.used == PageCount{0});
  CHECK(machine.manager->statistics().physical.available.value > 240);
}

TEST_CASE("Deleting an address space gives everything back", "[mm]") {
  TestMachine machine({256}, {1024});
  const MemoryStatistics before = machine.manager->statistics();
  const auto other = machine.manager->create_address_space();
  REQUIRE(other);
  const auto region = machine.manager->allocate_virtual_memory(
      **other, {.size = 400 * kPageSize, .type = kReserve | kCommit, .protect = page::kReadWrite});
  REQUIRE(region);
  for (uint32_t i = 0; i < 400; ++i) {
    REQUIRE(machine.access(region->base + i * kPageSize, Access::Write, Mode::User, *other) == kResolved);
  }
  machine.manager->delete_address_space(**other);
  machine.manager->verify();
  const MemoryStatistics after = machine.manager->statistics();
  CHECK(after.commit.charge == before.commit.charge);
  CHECK(after.physical.active == before.physical.active);
  CHECK(after.physical.available == before.physical.available);
  CHECK(after.pagefile.used == PageCount{0});
}

// What memory is, according to the API's documentation alone.
class Model {
 public:
  struct Page {
    uint32_t allocation = 0;
    bool committed = false;
    uint32_t protect = 0;
    uint32_t value = 0;
  };
  std::map<uint32_t, Page> pages;  // by page number; absent: free

  bool is_free(uint32_t first, uint32_t count) const {
    const auto next = pages.lower_bound(first);
    return next == pages.end() || next->first >= first + count;
  }
  bool within_one_allocation(uint32_t first, uint32_t count) const {
    if (!pages.contains(first)) return false;
    const uint32_t allocation = pages.at(first).allocation;
    for (uint32_t i = first; i < first + count; ++i) {
      if (!pages.contains(i) || pages.at(i).allocation != allocation) return false;
    }
    return true;
  }
  bool all_committed(uint32_t first, uint32_t count) const {
    for (uint32_t i = first; i < first + count; ++i) {
      if (!pages.at(i).committed) return false;
    }
    return true;
  }
};

// Drives the memory manager and the model with the same random calls in a small world, and compares
// everything.
class Comparison {
 public:
  explicit Comparison(uint32_t seed) : random_(seed), machine_({256}, {700}) {}

  void step() {
    switch (pick(12)) {
      case 0: return reserve(0);
      case 1: return reserve(kCommit);
      case 2: return commit();
      case 3: return decommit();
      case 4: return release();
      case 5: return protect();
      default: return touch_some();
    }
  }

  void compare_queries() {
    uint32_t address = kFirst * kPageSize;
    while (address < kEnd * kPageSize) {
      const RegionInformation region = machine_.query(address);
      const uint32_t end = std::min((region.base.value + region.size) / kPageSize, kEnd);
      for (uint32_t page = region.base.value / kPageSize; page < end; ++page) compare(page, region);
      address = region.base.value + region.size;
    }
  }

 private:
  static constexpr uint32_t kFirst = 0x03F0, kEnd = 0x0810;  // pages, across two page-table borders

  uint32_t pick(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }
  uint32_t any_page() { return kFirst + pick(kEnd - kFirst); }
  uint32_t any_count(uint32_t first) { return 1 + pick(std::min(kEnd - first, 150u)); }
  uint32_t any_protect() {
    constexpr uint32_t kAll[] = {page::kNoAccess,
                                 page::kReadOnly,
                                 page::kReadWrite,
                                 page::kReadWrite,
                                 page::kReadWrite,
                                 page::kExecuteReadWrite,
                                 page::kExecuteRead,
                                 page::kReadWrite | page::kGuard,
                                 page::kReadOnly | page::kGuard};
    return kAll[pick(std::size(kAll))];
  }

  void reserve(uint32_t extra) {
    const uint32_t first = any_page() & ~15u;
    const uint32_t count = any_count(first), protect = any_protect();
    const auto result = machine_.allocate(first * kPageSize, count * kPageSize, kReserve | extra, protect);
    if (!result && result.error() == NtStatus::CommitmentLimit) return;
    REQUIRE(result.has_value() == model_.is_free(first, count));
    if (!result) {
      REQUIRE(result.error() == NtStatus::ConflictingAddresses);
      return;
    }
    for (uint32_t i = first; i < first + count; ++i) {
      model_.pages[i] = {.allocation = first, .committed = extra == kCommit, .protect = protect, .value = 0};
    }
  }

  void commit() {
    const uint32_t first = any_page(), count = any_count(first), protect = any_protect();
    const auto result = machine_.allocate(first * kPageSize, count * kPageSize, kCommit, protect);
    if (!result && result.error() == NtStatus::CommitmentLimit) return;
    REQUIRE(result.has_value() == model_.within_one_allocation(first, count));
    if (!result) return;
    for (uint32_t i = first; i < first + count; ++i) {
      Model::Page& page = model_.pages[i];
      if (!page.committed) page.value = 0;
      page.committed = true;
      page.protect = protect;
    }
  }

  void decommit() {
    const uint32_t first = any_page(), count = any_count(first);
    const bool right = model_.within_one_allocation(first, count);
    REQUIRE((machine_.free(first * kPageSize, count * kPageSize, kDecommit) == NtStatus::Success) == right);
    if (!right) return;
    for (uint32_t i = first; i < first + count; ++i) model_.pages[i].committed = false;
  }

  void release() {
    const uint32_t first = any_page(), count = any_count(first);
    const bool right = model_.within_one_allocation(first, count);
    REQUIRE((machine_.free(first * kPageSize, count * kPageSize, kRelease) == NtStatus::Success) == right);
    if (!right) return;
    // What lies behind the hole is an allocation of its own from now on, and so is what lies before it.
    const uint32_t allocation = model_.pages[first].allocation;
    for (uint32_t i = first; i < first + count; ++i) model_.pages.erase(i);
    for (uint32_t i = first + count; model_.pages.contains(i) && model_.pages[i].allocation == allocation;
         ++i) {
      model_.pages[i].allocation = first + count;
    }
  }

  void protect() {
    const uint32_t first = any_page(), count = any_count(first), protect = any_protect();
    const auto result = machine_.protect(first * kPageSize, count * kPageSize, protect);
    const bool reserved = model_.within_one_allocation(first, count);
    const bool right = reserved && model_.all_committed(first, count);
    REQUIRE(result.has_value() == right);
    if (!result) {
      REQUIRE(result.error() == (reserved ? NtStatus::NotCommitted : NtStatus::ConflictingAddresses));
      return;
    }
    REQUIRE(result->old_protect == model_.pages[first].protect);
    for (uint32_t i = first; i < first + count; ++i) model_.pages[i].protect = protect;
  }

  void touch_some() {
    const uint32_t first = any_page(), count = any_count(first);
    for (uint32_t i = first; i < first + count; ++i) touch(i);
  }

  // What an access to a page of the model comes to.
  FaultOutcome expect_touch(uint32_t number, Access access) {
    const auto found = model_.pages.find(number);
    if (found == model_.pages.end() || !found->second.committed) return kViolation;
    Model::Page& page = found->second;
    const uint32_t allowed = page.protect & 0xFF;
    const bool writable = allowed == page::kReadWrite || allowed == page::kExecuteReadWrite;
    if (allowed == page::kNoAccess || (access == Access::Write && !writable)) return kViolation;
    if ((page.protect & page::kGuard) == 0) return kResolved;
    page.protect &= ~page::kGuard;
    return FaultOutcome::raise(NtStatus::GuardPageViolation);
  }

  void touch(uint32_t number) {
    const VirtualAddress address{number * kPageSize + 8};
    const Access access = pick(2) == 0 ? Access::Write : Access::Read;
    uint32_t value = pick(1u << 30);
    const FaultOutcome outcome =
        access == Access::Write ? machine_.write(address, value) : machine_.read(address, value);
    REQUIRE(outcome == expect_touch(number, access));
    if (outcome != kResolved) return;
    if (access == Access::Write) model_.pages[number].value = value;
    REQUIRE(value == model_.pages[number].value);
  }

  void compare(uint32_t number, const RegionInformation& region) {
    const auto found = model_.pages.find(number);
    REQUIRE((found == model_.pages.end()) == (region.state == kFree));
    if (found == model_.pages.end()) return;
    REQUIRE(region.state == (found->second.committed ? kCommit : kReserve));
    REQUIRE(region.allocation_base.value == found->second.allocation * kPageSize);
    REQUIRE(region.protect == (found->second.committed ? found->second.protect : 0));
  }

  std::mt19937 random_;
  TestMachine machine_;
  Model model_;
};

TEST_CASE("Random services and accesses do what the documentation says, with RAM too small", "[mm][model]") {
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    Comparison comparison(seed);
    for (int step = 0; step < 400; ++step) {
      INFO("step " << step);
      comparison.step();
      if (step % 20 == 0) comparison.compare_queries();
    }
  }
}

struct Shortages final : EventSink {
  int heard = 0;
  void on_event(const Event& event) override { heard += event.kind == Event::Kind::FramesShort ? 1 : 0; }
};

// STATUS_NO_MEMORY for want of addresses says nothing about frames: nobody's pages are trimmed for it.
TEST_CASE("A full address space trims nobody", "[memory_manager]") {
  TestMachine machine({512}, {0});
  REQUIRE(machine.allocate(0x10000, 0x7FFD0000, allocation::kReserve, x86::page::kNoAccess));
  const HeldFrames all(machine);
  REQUIRE_FALSE(machine.manager->state().frames.spare());
  Shortages shortages;
  machine.manager->listen(&shortages);
  const auto refused = machine.allocate(0, 1 << 20, allocation::kReserve, x86::page::kNoAccess);
  machine.manager->listen(nullptr);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == NtStatus::NoMemory);
  CHECK(shortages.heard == 0);
}

}  // namespace
}  // namespace mm::test
