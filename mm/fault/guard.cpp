#include "mm/fault/resolvers.h"
#include "mm/process/page_changes.h"
#include "mm/process/resident_pages.h"

namespace mm {

Served spring_guard(MachineState& machine, AddressSpace& space, const PageView& page) {
  const x86::Protection protection = page.protection.without_guard();
  protect_page(machine, space, *page.at, protection);
  const VirtualPageNumber changed = machine.tables.page_of(*page.at);
  note_protection(machine, space, *space.vads.find(changed), {changed, changed + PageCount{1}});
  if (machine.announce.heard()) {
    machine.announce({.kind = Event::Kind::GuardCleared,
                      .space = space.id(),
                      .address = changed.address(),
                      .value = protection.code});
  }
  return FaultOutcome::raise(NtStatus::GuardPageViolation, NtStatus::Success, FaultKind::Guard);
}

}  // namespace mm
