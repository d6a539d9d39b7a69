#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"

namespace mm {

Resolution resolve_transition(MachineState& machine, AddressSpace& space, const PageView& page) {
  const PageFrameNumber frame = page.pte.frame();
  // On its way to or from the paging file: whoever faults on it waits for the end of that.
  if (machine.pfns[frame].state == PageState::Transition) return Resolution::wait();
  map_cached_page(machine, space, *page.at, frame);
  return Resolution::resolved(FaultKind::Transition);
}

}  // namespace mm
