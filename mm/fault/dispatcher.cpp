#include "mm/fault/dispatcher.h"

#include "mm/fault/access_check.h"
#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"
#include "mm/x86/walk.h"

namespace mm {
namespace {

using x86::PteKind;

void announce(const MachineState& machine, const AddressSpace& space, Event::Kind kind, const Fault& fault,
              uint32_t value) {
  machine.announce({.kind = kind, .process = space.number(), .address = fault.address, .value = value});
}

Resolution refuse(const MachineState& machine, const AddressSpace& space, const Fault& fault,
                  AccessRefusal refusal) {
  announce(machine, space, Event::Kind::AccessRefused, fault, static_cast<uint32_t>(refusal));
  return Resolution::access_violation();
}

Resolver resolver_for(const PageView& page) {
  if (page.protection.guard()) return Resolver::Guard;
  switch (page.kind) {
    case PteKind::Unknown:  // the VAD said that it is committed
    case PteKind::DemandZero: return Resolver::DemandZero;
    case PteKind::Transition: return Resolver::Transition;
    case PteKind::PagingFile: return Resolver::PagingFile;
    case PteKind::Valid: return Resolver::FirstWrite;
    case PteKind::Decommitted:  // the access check lets through nothing that is not committed
    case PteKind::Prototype:    // which private memory never holds
      break;
  }
  check_failed("exactly one resolver", "a fault that nobody can explain", __FILE__, __LINE__);
}

Resolution dispatch(MachineState& machine, AddressSpace& space, const PageView& page, Resolver resolver) {
  switch (resolver) {
    case Resolver::DemandZero: return resolve_demand_zero(machine, space, page);
    case Resolver::Transition: return resolve_transition(machine, space, page);
    case Resolver::PagingFile: return resolve_paging_file(machine, space, page);
    case Resolver::FirstWrite: return resolve_first_write(machine, page);
    case Resolver::Guard: return resolve_guard(machine, space, page);
  }
  return Resolution::access_violation();
}

// The processor's walk, which came before: made again only for those who look on.
void announce_walk(const MachineState& machine, const AddressSpace& space, const Fault& fault) {
  if (!machine.announce.heard()) return;
  const x86::Walk walk = x86::walk(machine.ram, space.root(), fault.address);
  machine.announce({.kind = Event::Kind::WalkEnded,
                    .process = space.number(),
                    .address = fault.address,
                    .frame = walk.page_table().value_or(PageFrameNumber{}),
                    .value = static_cast<uint32_t>(walk.end())});
}

}  // namespace

Resolution resolve(MachineState& machine, AddressSpace& space, const Fault& fault) {
  announce(machine, space, Event::Kind::FaultTaken, fault, static_cast<uint32_t>(fault.access));
  announce_walk(machine, space, fault);
  const VirtualPageNumber page = fault.address.page();
  const Vad* vad = space.vads.find(page);
  if (vad == nullptr) return refuse(machine, space, fault, refusal_outside_vads(fault.address));
  announce(machine, space, Event::Kind::VadFound, fault, vad->range().begin.value());

  PageView view = view_page(machine, space, *vad, page);
  announce(machine, space, Event::Kind::PteDecoded, fault, static_cast<uint32_t>(view.kind));
  const AccessRefusal refusal = refusal_inside_vad(view, fault.access);
  if (refusal != AccessRefusal::None) return refuse(machine, space, fault, refusal);
  announce(machine, space, Event::Kind::AccessChecked, fault, view.protection.code);

  const Resolver resolver = resolver_for(view);
  announce(machine, space, Event::Kind::ResolverChosen, fault, static_cast<uint32_t>(resolver));
  if (!view.at) {
    if (!ensure_page_table(machine, space, page)) return Resolution::no_frame();
    view.at = machine.tables.find(space.root(), page).at();
  }
  return dispatch(machine, space, view, resolver);
}

}  // namespace mm
