#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"

namespace mm {
namespace {

void announce(const MachineState& machine, const AddressSpace& space, Event::Kind kind, PageFrameNumber frame,
              x86::Pte stored) {
  machine.announce({.kind = kind, .space = space.id(), .frame = frame, .value = stored.slot().slot});
}

// The entry finds the frame from now on, so that whoever comes meanwhile waits for the same page.
FaultOutcome await_page(MachineState& machine, PhysicalAddress at, PageFrameNumber frame, x86::Pte stored) {
  const x86::Protection protection = stored.protection();
  machine.pfns.begin_read(frame, at, stored.with_protection(x86::protection::kUnset));
  machine.tables.write(at, x86::transition_pte(frame, protection));
  machine.transfers.begin(TransferDirection::Read, stored.slot(), {&frame, 1});
  return FaultOutcome::wait(machine.transfers.end_of(frame));
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
  if (machine.transfers.take_time()) return await_page(machine, *page.at, *frame, page.pte);
  map_new_page(machine, space, *page.at, *frame, page.pte);
  return FaultOutcome::retry(FaultKind::PagingFile);
}

}  // namespace mm
