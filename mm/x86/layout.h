// Where the bits of a linear address go, and where the page tables appear in it: 32-bit paging without PAE
// (Intel SDM volume 3, 4.3; Windows Internals, "x86 virtual address translation").
//   31-22 page-directory index, 21-12 page-table index, 11-0 offset.
//   PDE 0x300 maps the directory itself: tables at 0xC0000000, the directory at 0xC0300000.
#pragma once

#include <bitset>

#include "mm/base/types.h"

namespace mm::x86 {

inline constexpr uint32_t kEntriesPerTable = 1024;
inline constexpr uint32_t kEntryBytes = 4;
inline constexpr PageCount kPagesPerTable{kEntriesPerTable};
inline constexpr uint32_t kSelfMapIndex = 0x300;
inline constexpr VirtualAddress kPteBase{0xC0000000};
inline constexpr VirtualAddress kPdeBase{0xC0300000};
inline constexpr uint32_t kFirstSystemPde = kSystemBase.value >> 22;

constexpr uint32_t pde_index(VirtualPageNumber page) { return page.value() >> 10; }
constexpr uint32_t pte_index(VirtualPageNumber page) { return page.value() & (kEntriesPerTable - 1); }

// Some of the pages that one table maps, by their index in it.
using TablePages = std::bitset<kEntriesPerTable>;

// Where the PDE and the PTE for `page` lie, given their tables.
constexpr PhysicalAddress pde_address(PageFrameNumber directory, VirtualPageNumber page) {
  return directory.address() + uint64_t{pde_index(page)} * kEntryBytes;
}
constexpr PhysicalAddress pte_address(PageFrameNumber table, VirtualPageNumber page) {
  return table.address() + uint64_t{pte_index(page)} * kEntryBytes;
}

// Where they appear in the guest's own address space.
constexpr VirtualAddress pte_virtual_address(VirtualPageNumber page) {
  return kPteBase + page.value() * kEntryBytes;
}
constexpr VirtualAddress pde_virtual_address(VirtualPageNumber page) {
  return kPdeBase + pde_index(page) * kEntryBytes;
}

// The first page that the table named by entry `index` of a directory maps.
constexpr VirtualPageNumber first_page_of_table(uint32_t index) { return VirtualPageNumber(index << 10); }

// The first page after `page` that has another page table, and all that have the same.
constexpr VirtualPageNumber next_table(VirtualPageNumber page) {
  return first_page_of_table(pde_index(page) + 1);
}
constexpr PageRange pages_of_table(VirtualPageNumber page) {
  return {first_page_of_table(pde_index(page)), next_table(page)};
}

// Whether the entry of a directory for `page` is the one that maps the directory itself.
constexpr bool is_self_map(VirtualPageNumber page) { return pde_index(page) == kSelfMapIndex; }

inline constexpr VirtualPageNumber kAddressSpaceEnd = first_page_of_table(kEntriesPerTable);

static_assert(pde_index(VirtualAddress{0x12345678}.page()) == 0x48);
static_assert(pte_index(VirtualAddress{0x12345678}.page()) == 0x345);
static_assert(pte_virtual_address(kPteBase.page()) == kPdeBase);
static_assert(pde_virtual_address(kPteBase.page()) == VirtualAddress{0xC0300C00});

}  // namespace mm::x86
