// Page tables that do not exist, although some of their pages are decommitted: their PDE says whether all are
// (x86::decommitted_pde), or some (x86::partly_decommitted_pde; DecommittedPages has them). Nothing here
// needs a frame, or fails.
#pragma once

#include "mm/process/machine_state.h"

namespace mm {

// Of a page without a page table; false for one that has one.
bool decommitted_without_table(const MachineState& machine, const AddressSpace& space,
                               VirtualPageNumber page);
// The pages of the table for `page` that are, all at once.
x86::TablePages decommitted_without_table_around(const MachineState& machine, const AddressSpace& space,
                                                 VirtualPageNumber page);

// `range` lies in the pages of one table, which does not exist; each of its pages belongs to a VAD whose
// untouched pages are committed.
void decommit_without_table(MachineState& machine, AddressSpace& space, PageRange range);
// The pages of `range` are again what their VADs say, where they have no table; the others stay as they are.
void forget_decommitted(MachineState& machine, AddressSpace& space, PageRange range);

}  // namespace mm
