#include "mm/x86/layout.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>

namespace mm::x86 {
namespace {

constexpr PagingMode kMode = PagingMode::ThirtyTwoBit;

TEST_CASE("Index and offset fields are bits 31-22, 21-12 and 11-0", "[x86]") {
  REQUIRE(rc::check([](uint32_t raw) {
    const VirtualPageNumber page = VirtualAddress{raw}.page();
    RC_ASSERT(entry_index(kMode, Level::Directory, page) == raw / 0x400000);
    RC_ASSERT(entry_index(kMode, Level::PageTable, page) == raw % 0x400000 / 0x1000);
  }));
}

TEST_CASE("Entries lie four bytes apart in their tables", "[x86]") {
  const VirtualPageNumber page = VirtualAddress{0x12345678}.page();
  CHECK(pde_address({kMode, PageFrameNumber(0x00039)}, page) == PhysicalAddress{0x39120});
  CHECK(pte_address(kMode, PageFrameNumber(0xA0000), page) == PhysicalAddress{0xA0000D14});
  CHECK(entry_index(kMode, PhysicalAddress{0x39120}) == 0x48);
  CHECK(entry_index(kMode, PhysicalAddress{0xA0000D14}) == 0x345);
}

// Windows Internals, "x86 virtual address translation": PTEs from 0xC0000000, PDEs from 0xC0300000.
TEST_CASE("The self-map shows every PTE at 0xC0000000 and every PDE at 0xC0300000", "[x86]") {
  const VirtualPageNumber page = VirtualAddress{0x12345678}.page();
  CHECK(pte_virtual_address(kMode, page) == VirtualAddress{0xC0048D14});
  CHECK(pde_virtual_address(kMode, page) == VirtualAddress{0xC0300120});
  CHECK(pte_virtual_address(kMode, VirtualAddress{0xFFFFFFFF}.page()) == VirtualAddress{0xC03FFFFC});
}

TEST_CASE("The table that an entry names is found in the self-map by the same arithmetic", "[x86]") {
  REQUIRE(rc::check([](uint32_t raw) {
    const VirtualPageNumber page = VirtualAddress{raw}.page();
    const VirtualAddress pte = pte_virtual_address(kMode, page);
    // Looking at the PTE goes through the PDE, which is the "PTE" of the self-mapped table page.
    RC_ASSERT(pte_virtual_address(kMode, pte.page()) == pde_virtual_address(kMode, page));
    RC_ASSERT(first_page_of_table(kMode, table_number(kMode, page)).value() == (raw >> 22) * 1024);
  }));
}

TEST_CASE("The next table begins at the next 4 MB", "[x86]") {
  CHECK(next_table(kMode, VirtualPageNumber(0)) == VirtualPageNumber(1024));
  CHECK(next_table(kMode, VirtualPageNumber(1023)) == VirtualPageNumber(1024));
  CHECK(next_table(kMode, VirtualPageNumber(1024)) == VirtualPageNumber(2048));
}

// Intel SDM volume 3, table 4-1 and 4.3: 4 GB through 1024 tables of 1024 entries; Windows gives the lower
// half to the process.
TEST_CASE("Half of the 1024 tables of 32-bit paging are the user's", "[x86]") {
  CHECK(entry_bytes(kMode) == 4);
  CHECK(entries_per_table(kMode) == 1024);
  CHECK(user_tables(kMode) == 512);
  CHECK(system_tables(kMode) == 512);
  CHECK(highest_frame(kMode) == PageFrameNumber(0xFFFFF));
  CHECK(pages_of_table(kMode, VirtualPageNumber(1500)) ==
        PageRange{VirtualPageNumber(1024), VirtualPageNumber(2048)});
}

TEST_CASE("The self-map has one table's worth of pages", "[x86]") {
  CHECK(self_map(kMode) == VirtualAddress{0xC0000000}.page());
  CHECK(is_self_map(kMode, VirtualAddress{0xC03FFFFC}.page()));
  CHECK_FALSE(is_self_map(kMode, VirtualAddress{0xC0400000}.page()));
  CHECK_FALSE(is_self_map(kMode, VirtualAddress{0xBFFFFFFC}.page()));
}

}  // namespace
}  // namespace mm::x86
