#include "mm/fault/dispatcher.h"

#include "mm/fault/fault_plan.h"
#include "mm/fault/resolvers.h"
#include "mm/process/resident_pages.h"
#include "mm/x86/walk.h"

namespace mm {
namespace {

void announce(const MachineState& machine, const AddressSpace& space, Event::Kind kind, const Fault& fault,
              uint32_t value) {
  machine.announce({.kind = kind, .space = space.id(), .address = fault.address, .value = value});
}

// The processor's walk, which came before: made again only for those who look on.
void announce_walk(const MachineState& machine, const AddressSpace& space, const Fault& fault) {
  if (!machine.announce.heard()) return;
  const x86::Walk walk = x86::walk(machine.ram, space.root(), fault.address);
  machine.announce({.kind = Event::Kind::WalkEnded,
                    .space = space.id(),
                    .address = fault.address,
                    .frame = walk.page_table().value_or(PageFrameNumber{}),
                    .value = static_cast<uint32_t>(walk.end())});
}

// The stages that the plan went through, for those who look on.
void announce_plan(const MachineState& machine, const AddressSpace& space, const Fault& fault,
                   const FaultPlan& plan) {
  if (!machine.announce.heard()) return;
  const auto stage = [&](Event::Kind kind, uint32_t value) { announce(machine, space, kind, fault, value); };
  if (plan.vad != nullptr) {
    stage(Event::Kind::VadFound, plan.vad->range().begin.value());
    stage(Event::Kind::PteDecoded, static_cast<uint32_t>(plan.page.kind));
  }
  if (plan.action == FaultPlan::Action::Refuse)
    return stage(Event::Kind::AccessRefused, static_cast<uint32_t>(plan.refusal));
  stage(Event::Kind::AccessChecked, plan.page.protection.code);
  stage(Event::Kind::ResolverChosen, static_cast<uint32_t>(plan.resolver));
}

Served dispatch(MachineState& machine, AddressSpace& space, const PageView& page, Resolver resolver) {
  switch (resolver) {
    case Resolver::DemandZero: return map_zeros(machine, space, page);
    case Resolver::Transition: return recall_page(machine, space, page);
    case Resolver::PagingFile: return read_stored_page(machine, space, page);
    case Resolver::FirstWrite: return permit_first_write(machine, page);
    case Resolver::Guard: return spring_guard(machine, space, page);
  }
  check_failed("exactly one resolver", "a fault that no resolver serves", __FILE__, __LINE__);
}

Served carry_out(MachineState& machine, AddressSpace& space, const Fault& fault, FaultPlan& plan) {
  if (plan.needs_page_table()) {
    if (!ensure_page_table(machine, space, fault.address.page())) return starve();
    plan.page.at = machine.tables.find(space.root(), fault.address.page()).at();
  }
  return dispatch(machine, space, plan.page, plan.resolver);
}

}  // namespace

Served serve_fault(MachineState& machine, AddressSpace& space, const Fault& fault) {
  announce(machine, space, Event::Kind::FaultTaken, fault, static_cast<uint32_t>(fault.access));
  announce_walk(machine, space, fault);
  FaultPlan plan = plan_fault(machine, space, fault);
  announce_plan(machine, space, fault, plan);
  switch (plan.action) {
    case FaultPlan::Action::Refuse: return FaultOutcome::access_violation();
    case FaultPlan::Action::Wait: return FaultOutcome::wait(machine.transfers.end_of(plan.page.pte.frame()));
    case FaultPlan::Action::Serve: break;
  }
  return carry_out(machine, space, fault, plan);
}

}  // namespace mm
