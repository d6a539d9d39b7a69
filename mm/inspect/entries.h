// The page-table entries of one address space, one after the other. For the views in this folder.
#pragma once

#include "mm/process/machine_state.h"

namespace mm {

// Calls `visit(page, at, pte)` for every entry of `range` (in the user half) that is not all zero, in the
// order of addresses.
template <class Visitor>
void for_each_entry(const MachineState& machine, const AddressSpace& space, PageRange range,
                    Visitor&& visit) {
  for (VirtualPageNumber page = range.begin; page < range.end;) {
    const auto at = machine.tables.find(space.directory(), page);
    if (!at) {
      page = x86::first_page_of_table(x86::pde_index(page) + 1);
      continue;
    }
    const x86::Pte pte = machine.tables.read(*at);
    if (pte.raw != 0) visit(page, *at, pte);
    ++page;
  }
}

inline constexpr PageRange kUserHalf{VirtualPageNumber(0), kSystemBase.page()};

}  // namespace mm
