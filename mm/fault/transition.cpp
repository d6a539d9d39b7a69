#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"

namespace mm {

Served recall_page(MachineState& machine, AddressSpace& space, const PageView& page) {
  const FaultKind kind = kind_of_recall(machine.pfns[page.pte.frame()]);
  map_cached_page(machine, space, *page.at, page.pte.frame());
  return FaultOutcome::retry(kind);
}

}  // namespace mm
