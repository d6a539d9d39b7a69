#include "mm/x86/layout.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>

namespace mm::x86 {
namespace {

TEST_CASE("Index and offset fields are bits 31-22, 21-12 and 11-0", "[x86]") {
  REQUIRE(rc::check([](uint32_t raw) {
    const VirtualPageNumber page = VirtualAddress{raw}.page();
    RC_ASSERT(pde_index(page) == raw / 0x400000);
    RC_ASSERT(pte_index(page) == raw % 0x400000 / 0x1000);
  }));
}

TEST_CASE("Entries lie four bytes apart in their tables", "[x86]") {
  const VirtualPageNumber page = VirtualAddress{0x12345678}.page();
  CHECK(pde_address(PageFrameNumber(0x00039), page) == PhysicalAddress{0x39120});
  CHECK(pte_address(PageFrameNumber(0xA0000), page) == PhysicalAddress{0xA0000D14});
}

// Windows Internals, "x86 virtual address translation": PTEs from 0xC0000000, PDEs from 0xC0300000.
TEST_CASE("The self-map shows every PTE at 0xC0000000 and every PDE at 0xC0300000", "[x86]") {
  const VirtualPageNumber page = VirtualAddress{0x12345678}.page();
  CHECK(pte_virtual_address(page) == VirtualAddress{0xC0048D14});
  CHECK(pde_virtual_address(page) == VirtualAddress{0xC0300120});
  CHECK(pte_virtual_address(VirtualAddress{0xFFFFFFFF}.page()) == VirtualAddress{0xC03FFFFC});
}

TEST_CASE("The table that an entry names is found in the self-map by the same arithmetic", "[x86]") {
  REQUIRE(rc::check([](uint32_t raw) {
    const VirtualPageNumber page = VirtualAddress{raw}.page();
    const VirtualAddress pte = pte_virtual_address(page);
    // Looking at the PTE goes through the PDE, which is the "PTE" of the self-mapped table page.
    RC_ASSERT(pte_virtual_address(pte.page()) == pde_virtual_address(page));
    RC_ASSERT(first_page_of_table(pde_index(page)).value() == (raw >> 22) * 1024);
  }));
}

TEST_CASE("The next table begins at the next 4 MB", "[x86]") {
  CHECK(next_table(VirtualPageNumber(0)) == VirtualPageNumber(1024));
  CHECK(next_table(VirtualPageNumber(1023)) == VirtualPageNumber(1024));
  CHECK(next_table(VirtualPageNumber(1024)) == VirtualPageNumber(2048));
}

}  // namespace
}  // namespace mm::x86
