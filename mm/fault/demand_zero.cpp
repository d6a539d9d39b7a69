#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"

namespace mm {

Resolution resolve_demand_zero(MachineState& machine, AddressSpace& space, const PageView& page) {
  const auto frame = machine.frames.take_zeroed();
  if (!frame) return Resolution::no_frame();
  map_new_page(machine, space, *page.at, *frame, x86::demand_zero_pte(page.protection));
  return Resolution::resolved(FaultKind::DemandZero);
}

}  // namespace mm
