#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"

namespace mm {

// The slot is kept: as long as the page is not written, it needs no writing out again.
Resolution resolve_paging_file(MachineState& machine, AddressSpace& space, const PageView& page) {
  const auto frame = machine.frames.take_any();
  if (!frame) return Resolution::no_frame();
  const NtStatus status = machine.pagefile.read(page.pte.slot(), machine.ram.frame(*frame));
  if (!succeeded(status)) {
    machine.pfns.release(*frame);
    machine.announce(
        {.kind = Event::Kind::SlotReadFailed, .process = space.number(), .value = page.pte.slot().slot});
    return Resolution::raised(FaultKind::InPageError, NtStatus::InPageError, status);
  }
  machine.announce({.kind = Event::Kind::SlotRead,
                    .process = space.number(),
                    .frame = *frame,
                    .value = page.pte.slot().slot});
  map_new_page(machine, space, *page.at, *frame, page.pte);
  return Resolution::resolved(FaultKind::PagingFile);
}

}  // namespace mm
