#include "mm/process/page_tables.h"

#include <random>

#include "tests/mm/process/bare_tables.h"
#include "tests/mm/stops.h"

namespace mm::test {
namespace {

using x86::Pte;
namespace protection = x86::protection;

constexpr VirtualPageNumber kPage = VirtualAddress{0x12345000}.page();  // PDE 0x48, PTE 0x345
const Pte kReadWritePage = x86::valid_pte(PageFrameNumber(20), protection::kReadWrite, Mode::User);
const Pte kReadOnlyPage = x86::valid_pte(PageFrameNumber(20), protection::kReadOnly, Mode::User);

TEST_CASE("A new directory maps itself at entry 0x300 and nothing else", "[process]") {
  BareTables machine;
  const x86::PagingRoot directory = machine.directory(3);
  for (uint32_t i = 0; i < x86::entries_per_table(directory.mode()); ++i) {
    const uint32_t pde = machine.ram.read32(directory.frame().address() + i * 4);
    CHECK(pde == (i == 0x300 ? (directory.frame().value() << 12 | Pte::kValid | Pte::kWrite) : 0));
  }
  CHECK(machine.pfns[directory.frame()].use == FrameUse::Directory);
  CHECK(machine.pfns[directory.frame()].owner == AddressSpaceId(3));
}

TEST_CASE("An entry is found through its table, and its page and owner through the entry", "[process]") {
  BareTables machine;
  const x86::PagingRoot directory = machine.directory(1);
  CHECK(machine.tables.find(directory, kPage).table() == TableState::Absent);
  const PageFrameNumber table = machine.install(directory, kPage);
  const auto at = machine.tables.find(directory, kPage).if_resident();
  REQUIRE(at);
  CHECK(*at == table.address() + 0x345 * 4);
  CHECK(machine.ram.read32(directory.frame().address() + 0x48 * 4) ==
        (table.value() << 12 | Pte::kValid | Pte::kWrite | Pte::kUser));
  CHECK(machine.tables.page_of(*at) == kPage);
  CHECK(machine.tables.owner_of(*at) == AddressSpaceId(1));
  CHECK(machine.pfns[table].owner == AddressSpaceId(1));
  CHECK(machine.pfns[directory.frame()].used_entries == 1);
  CHECK(stops([&] { machine.install(directory, kPage); }));
}

TEST_CASE("Used entries are counted when an entry stops or starts being zero", "[process]") {
  BareTables machine;
  const x86::PagingRoot directory = machine.directory(1);
  const PageFrameNumber table = machine.install(directory, kPage);
  const PhysicalAddress at = machine.tables.find(directory, kPage).at();
  const auto used = [&] { return machine.pfns[table].used_entries; };
  CHECK(used() == 0);
  machine.tables.write(at, Pte{});
  CHECK(used() == 0);
  machine.tables.write(at, x86::demand_zero_pte(protection::kReadWrite));
  CHECK(used() == 1);
  machine.tables.write(at, kReadWritePage);
  CHECK(used() == 1);
  machine.tables.write(at + 4, kReadOnlyPage);
  CHECK(used() == 2);
  machine.tables.write(at, Pte{});
  CHECK(used() == 1);
  machine.tables.write(at + 4, Pte{});
  CHECK(used() == 0);
}

TEST_CASE("A table goes when its entries are zero, and not before", "[process]") {
  BareTables machine;
  const x86::PagingRoot directory = machine.directory(1);
  machine.tables.set_current(AddressSpaceId(1));
  const PageFrameNumber table = machine.install(directory, kPage);
  const PhysicalAddress at = machine.tables.find(directory, kPage).at();
  machine.tables.write(at, kReadOnlyPage);
  CHECK(stops([&] { machine.tables.remove_table(directory, kPage); }));
  machine.tables.write(at, Pte{});
  machine.tlb.invalidated.clear();
  machine.tables.remove_table(directory, kPage);
  CHECK(machine.tables.find(directory, kPage).table() == TableState::Absent);
  CHECK(machine.pfns[table].state == PageState::Free);
  REQUIRE(machine.tlb.invalidated.size() == 1);  // the guest saw the table at 0xC0000000 + 0x48 * 4096
  CHECK(machine.tlb.invalidated[0].page == VirtualAddress{0xC0048000}.page());
  CHECK(machine.tlb.invalidated[0].frame == table);
  machine.tables.remove_table(directory, kPage);  // none: nothing to do
  CHECK(machine.pfns.count(PageState::Free) == PageCount{1});
}

TEST_CASE("The TLB hears of each right that is lost, and of nothing else", "[process]") {
  BareTables machine;
  const x86::PagingRoot directory = machine.directory(1);
  machine.tables.set_current(AddressSpaceId(1));
  machine.install(directory, kPage);
  const PhysicalAddress at = machine.tables.find(directory, kPage).at();
  const Pte other_frame = x86::valid_pte(PageFrameNumber(21), protection::kReadWrite, Mode::User);
  const Pte dirty = kReadWritePage.with(Pte::kDirty | Pte::kAccessed);
  struct Change {
    Pte from, to;
    bool heard;
  };
  const Change changes[] = {
      {Pte{}, kReadWritePage, false},
      {Pte{}, x86::demand_zero_pte(protection::kReadWrite), false},
      {x86::transition_pte(PageFrameNumber(20), protection::kReadWrite), kReadWritePage, false},
      {kReadOnlyPage, kReadWritePage, false},
      {kReadWritePage, kReadWritePage, false},
      {kReadWritePage, dirty, false},
      {kReadWritePage, kReadOnlyPage, true},
      {kReadWritePage, Pte{}, true},
      {kReadOnlyPage, x86::transition_pte(PageFrameNumber(20), protection::kReadOnly), true},
      {kReadWritePage, other_frame, true},
      {dirty, kReadWritePage, true},
      {dirty, dirty.without(Pte::kAccessed), false},
  };
  for (const Change& change : changes) {
    INFO(change.from.raw << " -> " << change.to.raw);
    machine.tables.write(at, change.from);
    machine.tlb.invalidated.clear();
    machine.tables.write(at, change.to);
    REQUIRE(machine.tlb.invalidated.size() == (change.heard ? 1 : 0));
    if (!change.heard) continue;
    CHECK(machine.tlb.invalidated[0].page == kPage);
    CHECK(machine.tlb.invalidated[0].frame == PageFrameNumber(20));
  }
  CHECK(machine.tlb.flushes == 0);
}

TEST_CASE("The TLB hears of the current address space only", "[process]") {
  BareTables machine;
  const x86::PagingRoot current = machine.directory(1), other = machine.directory(2);
  machine.tables.set_current(AddressSpaceId(1));
  machine.install(other, kPage);
  const PhysicalAddress at = machine.tables.find(other, kPage).at();
  machine.tables.write(at, kReadWritePage);
  machine.tables.write(at, Pte{});
  machine.tables.remove_table(other, kPage);
  CHECK(machine.tlb.invalidated.empty());
  machine.tables.set_current(kNoAddressSpace);
  machine.install(current, kPage);
  machine.tables.write(machine.tables.find(current, kPage).at(), kReadWritePage);
  machine.tables.write(machine.tables.find(current, kPage).at(), Pte{});
  CHECK(machine.tlb.invalidated.empty());
}

// With PAE an address space has four directories behind a table of pointers (Intel SDM volume 3, 4.4.1).
TEST_CASE("The TLB hears of every directory that the current address space has", "[process]") {
  BareTables machine;
  machine.tables.set_current(AddressSpaceId(1));
  for (int directories = 0; directories < 4; ++directories) {
    const x86::PagingRoot directory = machine.directory(1);
    const PageFrameNumber table = machine.install(directory, kPage);
    const PhysicalAddress at = machine.tables.find(directory, kPage).at();
    machine.tables.write(at, kReadWritePage);
    machine.tlb.invalidated.clear();
    machine.tables.write(at, Pte{});
    machine.tables.remove_table(directory, kPage);
    REQUIRE(machine.tlb.invalidated.size() == 2);
    CHECK(machine.tlb.invalidated[0].page == kPage);
    CHECK(machine.tlb.invalidated[1].frame == table);
  }
}

TEST_CASE("A directory is somebody's", "[process]") {
  BareTables machine;
  CHECK(stops([&] { machine.tables.make_directory(machine.frame(), kNoAddressSpace); }));
}

TEST_CASE("Accessed is cleared alone", "[process]") {
  BareTables machine;
  const x86::PagingRoot directory = machine.directory(1);
  machine.install(directory, kPage);
  const PhysicalAddress at = machine.tables.find(directory, kPage).at();
  const Pte used = kReadWritePage.with(Pte::kDirty | Pte::kAccessed);
  machine.tables.write(at, used);
  machine.tables.clear_accessed(at, used);
  CHECK(machine.tables.read(at) == kReadWritePage.with(Pte::kDirty));
}

TEST_CASE("The system half is the same in every directory", "[process]") {
  BareTables machine;
  const x86::PagingRoot first = machine.directory(1);
  const VirtualPageNumber page = VirtualAddress{0x80400000}.page();
  CHECK(machine.tables.find_system(page).table() == TableState::Absent);
  CHECK(stops([&] { machine.tables.write_system(page, kReadWritePage); }));
  const PageFrameNumber table = machine.frame();
  machine.tables.install_system_table(page, table);
  machine.tables.copy_system_half(first);
  const x86::PagingRoot second = machine.directory(2);
  const uint32_t pde = table.value() << 12 | Pte::kValid | Pte::kWrite;  // the supervisor's
  CHECK(machine.ram.read32(x86::pde_address(first, page)) == pde);
  CHECK(machine.ram.read32(x86::pde_address(second, page)) == pde);
  CHECK(machine.ram.read32(x86::pde_address(second, VirtualAddress{0xC0000000}.page())) ==
        (second.frame().value() << 12 | Pte::kValid | Pte::kWrite));
  machine.tables.write_system(page, kReadWritePage);
  CHECK(machine.tables.read(machine.tables.find_system(page).at()) == kReadWritePage);
  CHECK(machine.tlb.invalidated.empty());
  machine.tables.write_system(page, Pte{});
  REQUIRE(machine.tlb.invalidated.size() == 1);
  CHECK(machine.tlb.invalidated[0].page == page);
  CHECK(stops([&] { machine.tables.install_system_table(page, machine.frame()); }));
}

// The doors that go from an entry to whose it is, at entries in frames of every use.
TEST_CASE("An entry in a frame that is no page table is never followed", "[process]") {
  BareTables machine;
  const x86::PagingRoot root = machine.directory(1);
  const PageFrameNumber directory = root.frame();
  const PageFrameNumber table = machine.install(root, kPage);
  const PageFrameNumber system = machine.frame();
  machine.pfns.pin_system(system);
  const PageFrameNumber page = machine.frame();
  machine.pfns.activate(page, table.address(), {});
  const PageFrameNumber filling = machine.frame();
  const PageFrameNumber free = machine.frame();
  machine.pfns.release(free);
  for (const PageFrameNumber frame : {directory, table, system, page, filling, free}) {
    INFO("a frame of use " << static_cast<int>(machine.pfns[frame].use));
    const PhysicalAddress at = frame.address() + 16;
    const bool followed = frame == table;
    CHECK(stops([&] { (void)machine.tables.page_of(at); }) != followed);
    CHECK(stops([&] { (void)machine.tables.owner_of(at); }) != followed);
    CHECK(stops([&] { machine.tables.write(at, kReadWritePage); }) != followed);
  }
}

TEST_CASE("Random writes keep the count of used entries", "[process]") {
  BareTables machine;
  const x86::PagingRoot directory = machine.directory(1);
  const PageFrameNumber table = machine.install(directory, kPage);
  std::mt19937 random(1);
  const Pte kinds[] = {Pte{},
                       kReadWritePage,
                       kReadOnlyPage,
                       x86::decommitted_pte(),
                       x86::demand_zero_pte(protection::kReadWrite),
                       x86::paging_file_pte({0, 7}, protection::kReadWrite)};
  for (int step = 0; step < 5000; ++step) {
    machine.tables.write(table.address() + random() % 64 * 4, kinds[random() % std::size(kinds)]);
    uint32_t used = 0;
    for (uint32_t i = 0; i < 64; ++i) used += machine.ram.read32(table.address() + i * 4) != 0 ? 1 : 0;
    REQUIRE(machine.pfns[table].used_entries == used);
  }
}

}  // namespace
}  // namespace mm::test
