#include "mm/process/page_view.h"

#include "mm/process/missing_tables.h"

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

VirtualPageNumber next_to_view(const MachineState& machine, const AddressSpace& space,
                               VirtualPageNumber page) {
  const x86::Pte pde = machine.tables.read_pde(space.directory(), page);
  const bool alike = !pde.valid() && pde != x86::partly_decommitted_pde();
  return alike ? next_table(page) : page + PageCount{1};
}

PageView view_page(const MachineState& machine, const AddressSpace& space, const Vad& vad,
                   VirtualPageNumber page) {
  const auto at = machine.tables.find(space.directory(), page);
  if (!at && decommitted_without_table(machine, space, page)) return {.kind = PteKind::Decommitted};
  if (!at) return view_of_vad(vad, at);
  PageView view{.at = at, .pte = machine.tables.read(*at), .commitment = Commitment::Committed};
  view.kind = x86::decode(view.pte);
  switch (view.kind) {
    case PteKind::Unknown: return view_of_vad(vad, at);
    case PteKind::Valid: {
      const PageFrame& frame = machine.pfns[view.pte.frame()];
      view.protection = frame.use == FrameUse::System ? vad.protection() : frame.protection();
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
