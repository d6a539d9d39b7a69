// Page tables that do not exist, although some of their pages are decommitted: their PDE says whether all are
// (x86::decommitted_pde), or some (x86::partly_decommitted_pde). Which, the address space's PageRuns have: a
// page without a page table is an exception there only when it is decommitted inside a VAD whose untouched
// pages are committed, since a page that its VAD calls reserved cannot be committed without an entry. Nothing
// here needs a frame, or fails.
#pragma once

#include "mm/process/pte_cursor.h"

namespace mm {

// Whether `page` is decommitted and has no page table.
bool decommitted_without_table(const MachineState& machine, const AddressSpace& space,
                               VirtualPageNumber page);
// How many of the pages `part` are decommitted. One table would map them all; it does not exist, and `pde` is
// its PDE.
PageCount decommitted_without_table(const AddressSpace& space, x86::Pte pde, PageRange part);
// Where the pages of `part` that are like `page`, decommitted or not, end.
VirtualPageNumber end_of_alike_without_table(const AddressSpace& space, x86::Pte pde, PageRange part,
                                             VirtualPageNumber page);
// Which pages of the table for `page`, which does not exist, are decommitted.
x86::TablePages decommitted_without_table_around(const AddressSpace& space, VirtualPageNumber page);

// What the PDE of the table for `page`, which does not exist, has to say.
x86::Pte missing_table_pde(const AddressSpace& space, VirtualPageNumber page);
// Makes the PDEs of the missing tables of `range` say what PageRuns has been told of its pages.
void note_in_missing_tables(MachineState& machine, const AddressSpace& space, PageRange range);

// Calls `visit(pages)` for runs of the pages of `part` that are alike, decommitted or not.
template <class Visitor>
void for_each_alike_without_table(const AddressSpace& space, x86::Pte pde, PageRange part, Visitor&& visit) {
  for (VirtualPageNumber page = part.begin; page < part.end;) {
    const VirtualPageNumber end = end_of_alike_without_table(space, pde, part, page);
    visit(PageRange{page, end});
    page = end;
  }
}

}  // namespace mm
