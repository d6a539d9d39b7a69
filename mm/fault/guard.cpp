#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"

namespace mm {

Resolution resolve_guard(MachineState& machine, AddressSpace& space, const PageView& page) {
  const x86::Protection protection = page.protection.without_guard();
  if (page.kind == x86::PteKind::Unknown) {
    machine.tables.write(*page.at, x86::demand_zero_pte(protection));
  } else {
    protect_page(machine, space, *page.at, protection);
  }
  if (machine.announce.heard()) {
    machine.announce({.kind = Event::Kind::GuardCleared,
                      .process = space.number(),
                      .address = machine.tables.page_of(*page.at).address(),
                      .value = protection.code});
  }
  return Resolution::raised(FaultKind::Guard, NtStatus::GuardPageViolation);
}

}  // namespace mm
