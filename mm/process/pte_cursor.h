// The page-table entries of a range of pages, one after the other, or table by table: whoever has something
// to do for each page of a range goes this way, and passes over what has no page table at the cost of one
// step a table.
//
//   for (PteCursor cursor = entries_of(machine, space, range); !cursor.done();)
//     switch (cursor.table()) {
//       case TableState::Absent: cursor.next_table(); break;
//       case TableState::Resident: use(cursor.page(), cursor.at()); cursor.next(); break;
//       ...
//     }
//
// The cursor reads a table's PDE when it comes to the first page of the range that the table maps. Who makes
// or removes the table where the cursor stands goes on with next_table(), or calls renew().
#pragma once

#include <algorithm>
#include <optional>

#include "mm/process/machine_state.h"

namespace mm {

class PteCursor {
 public:
  // Walks `range` in an address space. It may be empty, and may reach into the system half.
  PteCursor(const PageTables& tables, x86::PagingRoot root, PageRange range)
      : tables_(&tables), root_(root), page_(range.begin), end_(range.end) {
    renew();
  }
  // Walks the system half, which is the same in every address space, without its self-map.
  static PteCursor of_system_half(const PageTables& tables) { return PteCursor(tables, kSystemHalf); }

  bool done() const { return page_ >= end_; }
  VirtualPageNumber page() const { return page_; }

  // The state of the table that maps page(), or would, and its PDE.
  TableState table() const { return table_state(pde_); }
  x86::Pte pde() const { return pde_; }
  // What is left of the range's pages that this table maps; page() is the first of them.
  PageRange part() const { return {page_, part_end_}; }

  // The PTE for page(), whose table is Resident.
  PhysicalAddress at() const {
    MM_CHECK(table() == TableState::Resident, "the entry of a page table that is not resident");
    return x86::pte_address(tables_->mode(), pde_.frame(), page_);
  }
  x86::Pte read() const { return tables_->read(at()); }

  void next() {
    ++page_;
    if (page_ == part_end_) renew();
  }
  void next_table() {
    page_ = part_end_;
    renew();
  }
  void renew() {
    if (done()) return;
    pde_ = root_ ? tables_->read_pde(*root_, page_) : tables_->read_system_pde(page_);
    part_end_ = std::min(x86::next_table(tables_->mode(), page_), end_);
  }

 private:
  static constexpr PageRange kSystemHalf{kSystemBase.page(), x86::kAddressSpaceEnd};

  PteCursor(const PageTables& tables, PageRange system_half)
      : tables_(&tables), page_(system_half.begin), end_(system_half.end) {
    renew();
  }

  const PageTables* tables_;
  std::optional<x86::PagingRoot> root_;  // none: the system half
  VirtualPageNumber page_, end_, part_end_;
  x86::Pte pde_;
};

inline PteCursor entries_of(const MachineState& machine, const AddressSpace& space, PageRange range) {
  return PteCursor(machine.tables, space.root(), range);
}

// Calls `visit(cursor)` at every entry of the range of `cursor` that there is, zero or not: where there is no
// page table, nothing has an entry. `visit` may write the entry, and neither makes nor removes tables.
template <class Visitor>
void for_each_entry(PteCursor cursor, Visitor&& visit) {
  while (!cursor.done()) {
    switch (cursor.table()) {
      case TableState::Absent: cursor.next_table(); break;
      case TableState::Resident:
        visit(static_cast<const PteCursor&>(cursor));
        cursor.next();
        break;
      case TableState::PagedOut:
      case TableState::LargePage: no_answer_to(cursor.table());
    }
  }
}

}  // namespace mm
