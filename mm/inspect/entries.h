// The page-table entries of one address space, one after the other. For the views in this folder.
#pragma once

#include "mm/process/pte_cursor.h"

namespace mm {

// Calls `visit(page, at, pte)` for every entry on the way of `cursor` that is not all zero, in the order of
// addresses.
template <class Visitor>
void for_each_used_entry(const PteCursor& cursor, Visitor&& visit) {
  for_each_entry(cursor, [&](const PteCursor& here) {
    const x86::Pte pte = here.read();
    if (pte != x86::Pte{}) visit(here.page(), here.at(), pte);
  });
}

}  // namespace mm
