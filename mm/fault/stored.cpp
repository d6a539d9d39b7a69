#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"

namespace mm {
namespace {

void announce(const MachineState& machine, const AddressSpace& space, Event::Kind kind, PageFrameNumber frame,
              x86::Pte stored) {
  machine.announce({.kind = kind, .space = space.id(), .frame = frame, .value = stored.slot().slot});
}

}  // namespace

// The page stays stored: as long as it is not written, it needs no writing out again.
Served read_stored_page(MachineState& machine, AddressSpace& space, const PageView& page) {
  const auto frame = machine.frames.take_any();
  if (!frame) return starve();
  std::byte* const content = machine.ram.frame(*frame).data();
  const NtStatus status = machine.backing_of(page.pte).read(page.pte, {&content, 1});
  if (!succeeded(status)) {
    machine.pfns.release(*frame);
    announce(machine, space, Event::Kind::SlotReadFailed, {}, page.pte);
    return FaultOutcome::raise(NtStatus::InPageError, status, FaultKind::InPageError);
  }
  announce(machine, space, Event::Kind::SlotRead, *frame, page.pte);
  map_new_page(machine, space, *page.at, *frame, page.pte);
  return FaultOutcome::retry(FaultKind::PagingFile);
}

}  // namespace mm
