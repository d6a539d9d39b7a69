#include "mm/process/missing_tables.h"

#include "mm/process/page_view.h"

namespace mm {
namespace {

using x86::TablePages;

TablePages pages_of(PageRange range) {
  TablePages pages;
  for (VirtualPageNumber page = range.begin; page < range.end; ++page) pages.set(x86::pte_index(page));
  return pages;
}

void keep(MachineState& machine, AddressSpace& space, VirtualPageNumber page, const TablePages& pages) {
  const uint32_t index = x86::pde_index(page);
  if (pages.none() || pages.all()) {
    space.decommitted.forget(index);
  } else {
    space.decommitted.keep(index, pages);
  }
  const x86::Pte some = pages.all() ? x86::decommitted_pde() : x86::partly_decommitted_pde();
  machine.tables.write_pde_form(space.directory(), page, pages.none() ? x86::Pte{} : some);
}

}  // namespace

bool decommitted_without_table(const MachineState& machine, const AddressSpace& space,
                               VirtualPageNumber page) {
  const x86::Pte pde = machine.tables.read_pde(space.directory(), page);
  if (pde == x86::decommitted_pde()) return true;
  return pde == x86::partly_decommitted_pde() && space.decommitted.contains(page);
}

TablePages decommitted_without_table_around(const MachineState& machine, const AddressSpace& space,
                                            VirtualPageNumber page) {
  const x86::Pte pde = machine.tables.read_pde(space.directory(), page);
  if (pde == x86::decommitted_pde()) return TablePages{}.set();
  return pde == x86::partly_decommitted_pde() ? space.decommitted.of_table(x86::pde_index(page))
                                              : TablePages{};
}

void decommit_without_table(MachineState& machine, AddressSpace& space, PageRange range) {
  const TablePages before = decommitted_without_table_around(machine, space, range.begin);
  keep(machine, space, range.begin, before | pages_of(range));
}

void forget_decommitted(MachineState& machine, AddressSpace& space, PageRange range) {
  for_each_table_part(range, [&](PageRange part) {
    const TablePages before = decommitted_without_table_around(machine, space, part.begin);
    if (before.any()) keep(machine, space, part.begin, before & ~pages_of(part));
  });
}

}  // namespace mm
