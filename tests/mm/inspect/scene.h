// A machine with a page in every state, for tests of the views; and the entries read from RAM by hand, with
// nothing but the Intel SDM's arithmetic.
#pragma once

#include "tests/mm/page_moves.h"

namespace mm::test {

class Scene {
 public:
  // What the pages at kBase are.
  enum Page : uint32_t {
    kResident,
    kModified,
    kStandby,
    kPagedOut,
    kUntouched,
    kClean,
    kGuard,
    kDecommitted
  };
  static constexpr uint32_t kPages = 8;
  static constexpr uint32_t kBase = 0x10000000;
  static constexpr uint32_t kReserved = 0x20000000;  // 16 pages, nothing committed

  TestMachine machine;

  explicit Scene(DeviceKind device = DeviceKind::None) : machine({512}, {1024}, {0}, device) {
    using namespace allocation;
    REQUIRE(machine.allocate(kBase, kPages * kPageSize, kReserve | kCommit, x86::page::kReadWrite));
    REQUIRE(machine.allocate(kReserved, 16 * kPageSize, kReserve, x86::page::kReadOnly));
    for (const Page page : {kStandby, kPagedOut, kClean}) {
      REQUIRE(machine.write(at(page), 100 + page) == kResolved);
      page_out(machine, at(page));
    }
    REQUIRE(machine.read(at(kStandby)) == 100 + kStandby);
    REQUIRE(machine.read(at(kClean)) == 100 + kClean);
    trim_out(machine, at(kStandby));
    REQUIRE(machine.write(at(kResident), 100) == kResolved);
    REQUIRE(machine.write(at(kModified), 101) == kResolved);
    trim_out(machine, at(kModified));
    REQUIRE(machine.protect(at(kGuard).value, kPageSize, x86::page::kReadWrite | x86::page::kGuard));
    REQUIRE(machine.free(at(kDecommitted).value, kPageSize, kDecommit) == NtStatus::Success);
  }

  static VirtualAddress at(Page page) { return {kBase + page * kPageSize}; }
  const MachineState& state() const { return machine.manager->state(); }
  const AddressSpace& space() const { return *machine.space; }
  uint32_t directory() const { return machine.manager->root(*machine.space).frame().value(); }

  uint32_t word(uint64_t physical) const { return state().ram.read32({physical}); }
  uint32_t raw_pde(uint32_t address) const {
    return word(uint64_t{directory()} * 4096 + (address >> 22) * 4);
  }
  uint64_t raw_pte_at(uint32_t address) const {
    return (raw_pde(address) & 0xFFFFF000) + (address >> 12 & 0x3FF) * 4;
  }
  uint32_t raw_pte(uint32_t address) const { return word(raw_pte_at(address)); }
  uint32_t raw_pte(Page page) const { return raw_pte(at(page).value); }
  uint32_t raw_frame(Page page) const { return raw_pte(page) >> 12; }
};

}  // namespace mm::test
