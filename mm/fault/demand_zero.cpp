#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"

namespace mm {

Served map_zeros(MachineState& machine, AddressSpace& space, const PageView& page) {
  const auto frame = machine.frames.take_zeroed();
  if (!frame) return starve();
  map_new_page(machine, space, *page.at, *frame, x86::demand_zero_pte(page.protection));
  return FaultOutcome::retry(FaultKind::DemandZero);
}

}  // namespace mm
