#include "mm/process/page_view.h"

namespace mm {
namespace {

using x86::PteKind;

// "Look at the VAD": what a page without an entry of its own is.
PageView view_of_vad(const Vad& vad, std::optional<PhysicalAddress> at) {
  const bool committed = vad.backing() == VadBacking::Committed;
  return {.at = at,
          .commitment = committed ? Commitment::Committed : Commitment::Reserved,
          .protection = vad.protection()};
}

}  // namespace

PageView view_page(const MachineState& machine, const AddressSpace& space, const Vad& vad,
                   VirtualPageNumber page) {
  const EntryPlace place = machine.tables.find(space.root(), page);
  switch (place.table()) {
    case TableState::Absent:
      if (decommitted_without_table(machine, space, page)) return {.kind = PteKind::Decommitted};
      return view_of_vad(vad, std::nullopt);
    case TableState::Resident: return view_entry(machine, space, vad, page, place.at());
    case TableState::PagedOut:
    case TableState::LargePage: break;
  }
  no_answer_to(place.table());
}

PageView view_entry(const MachineState& machine, const AddressSpace& space, const Vad& vad,
                    VirtualPageNumber page, PhysicalAddress at) {
  PageView view{.at = at, .pte = machine.tables.read(at), .commitment = Commitment::Committed};
  view.kind = x86::decode(view.pte);
  switch (view.kind) {
    case PteKind::Unknown: return view_of_vad(vad, at);
    case PteKind::Valid: {
      const PageFrame& frame = machine.pfns[view.pte.frame()];
      view.protection = frame.use == FrameUse::System
                            ? vad.protection()
                            : space.working_set.entry_of(page, frame.working_set_index).protection();
      return view;
    }
    case PteKind::Decommitted: view.commitment = Commitment::Reserved; return view;
    case PteKind::DemandZero:
    case PteKind::PagingFile:
    case PteKind::Transition: view.protection = view.pte.protection(); return view;
    case PteKind::Prototype:  // no VAD of private memory has one
      MM_CHECK(view.kind != PteKind::Prototype, "a prototype PTE in private memory");
  }
  return view;
}

}  // namespace mm
