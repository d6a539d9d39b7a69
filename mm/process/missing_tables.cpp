#include "mm/process/missing_tables.h"

namespace mm {

bool decommitted_without_table(const MachineState& machine, const AddressSpace& space,
                               VirtualPageNumber page) {
  const x86::Pte pde = machine.tables.read_pde(space.root(), page);
  if (pde == x86::decommitted_pde()) return true;
  return pde == x86::partly_decommitted_pde() && space.runs.exceptions().contains(page);
}

PageCount decommitted_without_table(const AddressSpace& space, x86::Pte pde, PageRange part) {
  if (pde == x86::decommitted_pde()) return part.size();
  if (pde == x86::partly_decommitted_pde()) return space.runs.exceptions().count(part);
  return {};
}

VirtualPageNumber end_of_alike_without_table(const AddressSpace& space, x86::Pte pde, PageRange part,
                                             VirtualPageNumber page) {
  if (pde != x86::partly_decommitted_pde()) return part.end;
  const VirtualPageNumber decommitted = space.runs.exceptions().next(page, part.end);
  return decommitted == page ? page + PageCount{1} : decommitted;
}

x86::TablePages decommitted_without_table_around(const AddressSpace& space, VirtualPageNumber page) {
  const PageSet& decommitted = space.runs.exceptions();
  const PageRange pages = x86::pages_of_table(space.root().mode(), page);
  x86::TablePages found;
  for (VirtualPageNumber at = decommitted.next(pages.begin, pages.end); at < pages.end;
       at = decommitted.next(at + PageCount{1}, pages.end)) {
    found.set(x86::entry_index(space.root().mode(), x86::Level::PageTable, at));
  }
  return found;
}

x86::Pte missing_table_pde(const AddressSpace& space, VirtualPageNumber page) {
  const PageRange pages = x86::pages_of_table(space.root().mode(), page);
  const PageCount decommitted = space.runs.exceptions().count(pages);
  if (decommitted == PageCount{0}) return x86::Pte{};
  return decommitted == pages.size() ? x86::decommitted_pde() : x86::partly_decommitted_pde();
}

void note_in_missing_tables(MachineState& machine, const AddressSpace& space, PageRange range) {
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done(); cursor.next_table()) {
    switch (cursor.table()) {
      case TableState::Resident: break;  // its entries say so
      case TableState::Absent: {
        const x86::Pte form = missing_table_pde(space, cursor.page());
        if (cursor.pde() != form) machine.tables.write_pde_form(space.root(), cursor.page(), form);
        break;
      }
      case TableState::PagedOut:
      case TableState::LargePage: no_answer_to(cursor.table());
    }
  }
}

}  // namespace mm
