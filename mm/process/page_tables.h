// The only writer of page-directory and page-table entries (the processor's own Accessed and Dirty bits
// aside). It keeps the counts of used entries of every table and of tables of every directory in the PFN
// database, and of entries that are held back, and tells the TLB of every right that an entry loses.
//
// An entry is named by its physical address. From that alone its page and its address space follow, through
// the PFN database: the frame that it lies in is a page table, which has an owner, and whose `pte` is its
// PDE.
#pragma once

#include <vector>

#include "mm/base/events.h"
#include "mm/base/ports.h"
#include "mm/pfn/pfn_database.h"
#include "mm/process/table_state.h"
#include "mm/x86/entry_memory.h"
#include "mm/x86/layout.h"

namespace mm {

class PageTables {
 public:
  PageTables(x86::PagingMode mode, PhysicalMemory ram, PfnDatabase& pfns, Tlb& tlb, const Announcer& announce,
             Footprint& footprint)
      : mode_(mode),
        ram_(ram),
        pfns_(pfns),
        tlb_(tlb),
        announce_(announce),
        footprint_(footprint),
        system_(x86::system_tables(mode)) {}

  x86::PagingMode mode() const { return mode_; }
  // Whose entries the TLB may hold: it hears of no other address space's. kNoAddressSpace: nobody's.
  void set_current(AddressSpaceId space) { current_ = space; }

  // Where the PTE for `page` lies.
  EntryPlace find(x86::PagingRoot root, VirtualPageNumber page) const {
    return place(read_pde(root, page), page);
  }
  x86::Pte read(PhysicalAddress at) const { return x86::read_entry(ram_, mode_, at); }
  // The PTE of a page that has one, as a page of a working set does.
  x86::Pte read_entry(x86::PagingRoot root, VirtualPageNumber page) const {
    return read(find(root, page).at());
  }

  void write(PhysicalAddress at, x86::Pte pte);
  // Clears Accessed, for aging. The caller tells the TLB once, when it is through. No book counts Accessed
  // bits.
  void clear_accessed(PhysicalAddress at, x86::Pte pte) {
    x86::write_entry(ram_, mode_, at, pte.without(x86::Pte::kAccessed));
  }

  // Makes a directory of a zeroed frame in transition: the self-map and the system half.
  x86::PagingRoot make_directory(PageFrameNumber directory, AddressSpaceId owner);
  // Hooks a zeroed frame in transition in as the table for `page`, which has none. The entries of those of
  // its pages that are decommitted say so.
  void install_table(x86::PagingRoot root, VirtualPageNumber page, PageFrameNumber table,
                     const x86::TablePages& decommitted = {});
  // Read and write the PDE for `page`; what is written is a form that names no table.
  x86::Pte read_pde(x86::PagingRoot root, VirtualPageNumber page) const {
    return read(x86::pde_address(root, page));
  }
  void write_pde_form(x86::PagingRoot root, VirtualPageNumber page, x86::Pte form);
  // Unhooks and frees the table for `page`, if there is one; all its entries are zero.
  void remove_table(x86::PagingRoot root, VirtualPageNumber page);

  // The system half: the same tables in every directory.
  EntryPlace find_system(VirtualPageNumber page) const { return place(system_pde(page), page); }
  // The PDE for `page`; all zero for the self-map, which each directory has of its own.
  x86::Pte read_system_pde(VirtualPageNumber page) const { return system_pde(page); }
  void install_system_table(VirtualPageNumber page, PageFrameNumber table);
  void copy_system_half(x86::PagingRoot root);
  void write_system(VirtualPageNumber page, x86::Pte pte);

  // How many pages in use are held back from being written.
  PageCount held_back() const { return held_back_; }

  // The page that the entry at `at` is for, and whose it is. An entry in a frame that is no page table is for
  // no page of an address space, and stops the program.
  VirtualPageNumber page_of(PhysicalAddress at) const;
  // The first page that the table which the PDE at `at` names, or would, maps.
  VirtualPageNumber first_page_of(PhysicalAddress pde) const {
    return x86::first_page_of_table(mode_, x86::entry_index(mode_, pde));
  }
  AddressSpaceId owner_of(PhysicalAddress at) const { return table_of(at).owner; }

 private:
  // The page table that an entry lies in.
  const PageFrame& table_of(PhysicalAddress at) const {
    const PageFrame& table = pfns_[at.frame()];
    MM_CHECK(table.use == FrameUse::PageTable, "an entry that lies in no page table");
    return table;
  }
  // Whether the processor walks this table now. Its owner says so, not its directory's frame, since an
  // address space may have several directories (PAE: four).
  bool is_current(const PageFrame& table) const { return table.owner == current_; }
  EntryPlace place(x86::Pte pde, VirtualPageNumber page) const {
    const TableState table = table_state(pde);
    return table == TableState::Resident ? EntryPlace(x86::pte_address(mode_, pde.frame(), page))
                                         : EntryPlace(table);
  }
  // Every entry goes this way.
  void set(PhysicalAddress at, x86::Pte pte) {
    footprint_.note_entry(at);
    x86::write_entry(ram_, mode_, at, pte);
  }
  size_t system_index(VirtualPageNumber page) const {
    return x86::table_number(mode_, page) - x86::user_tables(mode_);
  }
  x86::Pte& system_pde(VirtualPageNumber page) { return system_[system_index(page)]; }
  const x86::Pte& system_pde(VirtualPageNumber page) const { return system_[system_index(page)]; }

  x86::PagingMode mode_;
  PhysicalMemory ram_;
  PfnDatabase& pfns_;
  Tlb& tlb_;
  const Announcer& announce_;
  Footprint& footprint_;
  AddressSpaceId current_;
  PageCount held_back_;
  std::vector<x86::Pte> system_;  // PDEs
};

}  // namespace mm
