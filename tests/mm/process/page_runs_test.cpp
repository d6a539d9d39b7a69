// Regions as a guest is told of them, against what every single page is.
#include "mm/process/page_runs.h"

#include <random>

#include "tests/mm/page_moves.h"
#include "tests/mm/stops.h"

namespace mm::test {
namespace {

using namespace allocation;

constexpr uint32_t kBase = 0x10000000 - 8 * kPageSize;  // so that allocations cross page tables
constexpr uint32_t kPages = 48;

class Regions {
 public:
  void random_step(std::mt19937& random) {
    const auto first = static_cast<uint32_t>(random() % kPages);
    const auto count = static_cast<uint32_t>(1 + random() % std::min(kPages - first, 9u));
    const VirtualAddress begin{kBase + first * kPageSize};
    const MemoryRegion region{begin, count * kPageSize};
    switch (random() % 8) {
      case 0: return act(kReserve | (random() % 2 == 0 ? kCommit : 0), region, random);
      case 1:
      case 2: return act(kCommit, region, random);
      case 3: return (void)manager().free_virtual_memory(space(), region, kDecommit);
      case 4:
        if (random() % 3 == 0) (void)manager().free_virtual_memory(space(), region, kRelease);
        return;
      case 5: return (void)manager().protect_virtual_memory(space(), region, protection(random));
      case 6: return (void)manager().fault(space(), {begin, Access::Write}, {});  // perhaps of a guard page
      default: return trim(begin);
    }
  }

  // Every page's region is as long as walking the pages finds it.
  void check() {
    for (uint32_t i = 0; i < kPages; ++i) {
      const VirtualPageNumber page = (VirtualAddress{kBase} + i * kPageSize).page();
      const Vad* vad = space().vads.find(page);
      if (vad == nullptr) continue;
      const RegionInformation found = machine_.query(page.address().value);
      REQUIRE(found.size == uint64_t{run_from(*vad, page).value} * kPageSize);
      REQUIRE(space().runs.committed(*vad, {vad->range().begin, page}) == committed_before(*vad, page));
    }
    check_consistent(machine_);
  }

 private:
  MemoryManager& manager() { return *machine_.manager; }
  AddressSpace& space() { return *machine_.space; }
  PageView view(const Vad& vad, VirtualPageNumber page) {
    return view_page(manager().state(), space(), vad, page);
  }

  PageCount run_from(const Vad& vad, VirtualPageNumber page) {
    VirtualPageNumber end = page;
    const PageView first = view(vad, page);
    while (end < vad.range().end) {
      const PageView other = view(vad, end);
      if (other.commitment != first.commitment) break;
      if (first.commitment == Commitment::Committed && other.protection != first.protection) break;
      ++end;
    }
    return end - page;
  }
  PageCount committed_before(const Vad& vad, VirtualPageNumber end) {
    PageCount pages;
    for (VirtualPageNumber page = vad.range().begin; page < end; ++page)
      if (view(vad, page).commitment == Commitment::Committed) ++pages;
    return pages;
  }

  static uint32_t protection(std::mt19937& random) {
    constexpr uint32_t kProtections[] = {x86::page::kReadWrite, x86::page::kReadOnly,
                                         x86::page::kReadWrite | x86::page::kGuard, x86::page::kNoAccess};
    return kProtections[random() % 4];
  }
  void act(uint32_t type, MemoryRegion region, std::mt19937& random) {
    (void)manager().allocate_virtual_memory(
        space(), {.base = region.base, .size = region.size, .type = type, .protect = protection(random)});
  }
  void trim(VirtualAddress address) {
    if (machine_.pte(address).valid()) trim_out(machine_, address);
  }

  TestMachine machine_;
};

TEST_CASE("Regions are as their pages are, whatever was done to them", "[process][page_runs]") {
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    std::mt19937 random(seed);
    Regions regions;
    for (int step = 0; step < 1500; ++step) {
      regions.random_step(random);
      if (step % 5 == 0) regions.check();
    }
  }
}

// An entry that stops whoever reads it as a page of private memory.
void booby_trap(TestMachine& machine, VirtualAddress address) {
  state_of(machine).ram.write32(entry_of(machine, address), x86::Pte::kPrototype);
}

constexpr uint32_t kLarge = 64u << 20;

struct LargeRegion {
  TestMachine machine{{20000}};
  uint32_t base = 0x20000000;

  LargeRegion() {
    REQUIRE(machine.manager->allocate_virtual_memory(
        *machine.space,
        {.base = {base}, .size = kLarge, .type = kReserve, .protect = x86::page::kReadWrite}));
    REQUIRE(machine.manager->allocate_virtual_memory(
        *machine.space, {.base = {base}, .size = kLarge, .type = kCommit, .protect = x86::page::kReadOnly}));
  }
  VirtualAddress page(uint32_t i) const { return {base + i * kPageSize}; }
};

TEST_CASE("A query reads no entry but the first of its region", "[services][page_runs]") {
  LargeRegion large;
  for (uint32_t i = 1; i < kLarge / kPageSize; ++i) booby_trap(large.machine, large.page(i));
  const int outcome = outcome_in_child([&] {
    return large.machine.manager->query_virtual_memory(*large.machine.space, large.page(0))->size == kLarge;
  });
  CHECK(outcome == 1);
}

TEST_CASE("A part is released without a look at the others", "[services][page_runs]") {
  LargeRegion large;
  for (uint32_t i = 0; i < kLarge / kPageSize; ++i)
    if (i != 5) booby_trap(large.machine, large.page(i));
  const int outcome = outcome_in_child([&] {
    AddressSpace& space = *large.machine.space;
    const auto released = large.machine.manager->free_virtual_memory(space, {large.page(5), kPageSize},
                                                                     kRelease, VadSecurity::Open);
    const Vad* rest = space.vads.find(large.page(6).page());
    return released && rest->committed() == PageCount{kLarge / kPageSize - 6} ? 1 : 0;
  });
  CHECK(outcome == 1);
}

TEST_CASE("Tables that hold nothing are passed over", "[process][page_runs]") {
  TestMachine machine;
  REQUIRE(machine.allocate(0x20000000, 0x10000, kReserve, x86::page::kReadWrite));
  REQUIRE(machine.allocate(0x20000000, 0x2000, kCommit, x86::page::kReadWrite));
  booby_trap(machine, {0x20003000});  // not counted: the first two entries are all that there are
  discard_range(state_of(machine), *machine.space,
                {VirtualAddress{0x20000000}.page(), VirtualAddress{0x20010000}.page()}, x86::Pte{});
  CHECK(state_of(machine).ram.read32(entry_of(machine, {0x20003000})) == x86::Pte::kPrototype);
  CHECK(machine.pte({0x20001000}) == x86::Pte{});
  state_of(machine).ram.write32(entry_of(machine, {0x20003000}), 0);
}

}  // namespace
}  // namespace mm::test
