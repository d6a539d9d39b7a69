// Where the bits of a linear address go, and where the page tables appear in it (Intel SDM volume 3, 4.3;
// Windows Internals, "x86 virtual address translation").
//   32-bit paging: 31-22 page-directory index, 21-12 page-table index, 11-0 offset. PDE 0x300 maps the
//   directory itself: tables at 0xC0000000, the directory at 0xC0300000.
#pragma once

#include <bitset>

#include "mm/base/types.h"
#include "mm/x86/paging_root.h"

namespace mm::x86 {

// The levels of a walk, from the page up.
enum class Level : uint8_t { PageTable = 1, Directory = 2 };

// What tells the modes apart, as far as arithmetic does.
struct PagingShape {
  Level top;                // where a walk begins
  uint8_t index_bits;       // of an address for each level; a table has as many entries as they count
  uint8_t entry_bits;       // an entry has 1 << entry_bits bytes
  VirtualAddress pte_base;  // where the self-map shows the PTEs, one after the other
  VirtualAddress pde_base;  // and the PDEs
  uint32_t highest_frame;   // that an entry can name
};

inline constexpr PagingShape kThirtyTwoBitShape{.top = Level::Directory,
                                                .index_bits = 10,
                                                .entry_bits = 2,
                                                .pte_base = {0xC0000000},
                                                .pde_base = {0xC0300000},
                                                .highest_frame = 0xFFFFF};

constexpr const PagingShape& shape_of(PagingMode mode) {
  switch (mode) {
    case PagingMode::ThirtyTwoBit: return kThirtyTwoBitShape;
  }
  __builtin_unreachable();
}

constexpr uint32_t entry_bytes(PagingMode mode) { return 1u << shape_of(mode).entry_bits; }
constexpr uint32_t entries_per_table(PagingMode mode) { return 1u << shape_of(mode).index_bits; }
// The highest frame that an entry can name.
constexpr PageFrameNumber highest_frame(PagingMode mode) {
  return PageFrameNumber(shape_of(mode).highest_frame);
}
// No mode has more entries in a table.
inline constexpr uint32_t kMostEntriesPerTable = 1024;

// Some of the pages that one table maps, by their index in it.
using TablePages = std::bitset<kMostEntriesPerTable>;

// The entry that a walk for `page` uses at this level, by its number in its table.
constexpr uint32_t entry_index(PagingMode mode, Level level, VirtualPageNumber page) {
  const uint32_t bits = shape_of(mode).index_bits;
  return page.value() >> bits * (static_cast<uint32_t>(level) - 1) & (entries_per_table(mode) - 1);
}
// The number of an entry in its table, given where it lies.
constexpr uint32_t entry_index(PagingMode mode, PhysicalAddress at) {
  return at.offset() >> shape_of(mode).entry_bits;
}
constexpr PhysicalAddress entry_address(PagingMode mode, PageFrameNumber table, uint32_t index) {
  return table.address() + (uint64_t{index} << shape_of(mode).entry_bits);
}

// Where the PDE and the PTE for `page` lie; the PTE, given its table.
constexpr PhysicalAddress pde_address(PagingRoot root, VirtualPageNumber page) {
  return entry_address(root.mode(), root.frame(), entry_index(root.mode(), Level::Directory, page));
}
constexpr PhysicalAddress pte_address(PagingMode mode, PageFrameNumber table, VirtualPageNumber page) {
  return entry_address(mode, table, entry_index(mode, Level::PageTable, page));
}

// Page tables are numbered from 0 by the pages that they map, whether they exist or not.
constexpr uint32_t table_number(PagingMode mode, VirtualPageNumber page) {
  return page.value() >> shape_of(mode).index_bits;
}
constexpr VirtualPageNumber first_page_of_table(PagingMode mode, uint32_t number) {
  return VirtualPageNumber(number << shape_of(mode).index_bits);
}
// The first page after `page` that another page table maps.
constexpr VirtualPageNumber next_table(PagingMode mode, VirtualPageNumber page) {
  return first_page_of_table(mode, table_number(mode, page) + 1);
}
// All pages that the page table for `page` maps.
constexpr PageRange pages_of_table(PagingMode mode, VirtualPageNumber page) {
  return {first_page_of_table(mode, table_number(mode, page)), next_table(mode, page)};
}

inline constexpr VirtualPageNumber kAddressSpaceEnd(1u << (32 - kPageShift));
constexpr uint32_t user_tables(PagingMode mode) { return table_number(mode, kSystemBase.page()); }
constexpr uint32_t system_tables(PagingMode mode) {
  return table_number(mode, kAddressSpaceEnd) - user_tables(mode);
}

// Where the entries for `page` appear in the guest's own address space.
constexpr VirtualAddress pte_virtual_address(PagingMode mode, VirtualPageNumber page) {
  return shape_of(mode).pte_base + (page.value() << shape_of(mode).entry_bits);
}
constexpr VirtualAddress pde_virtual_address(PagingMode mode, VirtualPageNumber page) {
  return shape_of(mode).pde_base + (table_number(mode, page) << shape_of(mode).entry_bits);
}
// The first page of those in which the page tables appear. The PDE for it maps the directory itself.
constexpr VirtualPageNumber self_map(PagingMode mode) { return shape_of(mode).pte_base.page(); }
constexpr bool is_self_map(PagingMode mode, VirtualPageNumber page) {
  return table_number(mode, page) == table_number(mode, self_map(mode));
}

static_assert(entry_index(PagingMode::ThirtyTwoBit, Level::Directory, VirtualAddress{0x12345678}.page()) ==
              0x48);
static_assert(entry_index(PagingMode::ThirtyTwoBit, Level::PageTable, VirtualAddress{0x12345678}.page()) ==
              0x345);
static_assert(pte_virtual_address(PagingMode::ThirtyTwoBit, self_map(PagingMode::ThirtyTwoBit)) ==
              VirtualAddress{0xC0300000});
static_assert(pde_virtual_address(PagingMode::ThirtyTwoBit, self_map(PagingMode::ThirtyTwoBit)) ==
              VirtualAddress{0xC0300C00});

}  // namespace mm::x86
