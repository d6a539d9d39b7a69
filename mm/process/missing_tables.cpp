#include "mm/process/missing_tables.h"

#include "mm/process/page_view.h"

namespace mm {

bool decommitted_without_table(const MachineState& machine, const AddressSpace& space,
                               VirtualPageNumber page) {
  const x86::Pte pde = machine.tables.read_pde(space.directory(), page);
  if (pde == x86::decommitted_pde()) return true;
  return pde == x86::partly_decommitted_pde() && space.runs.exceptions().contains(page);
}

x86::TablePages decommitted_without_table_around(const AddressSpace& space, VirtualPageNumber page) {
  const PageSet& decommitted = space.runs.exceptions();
  const PageRange pages = pages_of_table(page);
  x86::TablePages found;
  for (VirtualPageNumber at = decommitted.next(pages.begin, pages.end); at < pages.end;
       at = decommitted.next(at + PageCount{1}, pages.end)) {
    found.set(x86::pte_index(at));
  }
  return found;
}

x86::Pte missing_table_pde(const AddressSpace& space, VirtualPageNumber page) {
  const PageRange pages = pages_of_table(page);
  const PageCount decommitted = space.runs.exceptions().count(pages);
  if (decommitted == PageCount{0}) return x86::Pte{};
  return decommitted == pages.size() ? x86::decommitted_pde() : x86::partly_decommitted_pde();
}

void note_in_missing_tables(MachineState& machine, const AddressSpace& space, PageRange range) {
  for_each_table_part(range, [&](PageRange part) {
    const x86::Pte pde = machine.tables.read_pde(space.directory(), part.begin);
    const x86::Pte form = missing_table_pde(space, part.begin);
    if (!pde.valid() && pde != form) machine.tables.write_pde_form(space.directory(), part.begin, form);
  });
}

}  // namespace mm
