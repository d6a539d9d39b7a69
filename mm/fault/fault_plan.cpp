#include "mm/fault/fault_plan.h"

#include "mm/fault/access_check.h"

namespace mm {
namespace {

using x86::PteKind;

// A case that the access check lets through and that nobody can serve is our own mistake, not the guest's.
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

bool on_its_way(const MachineState& machine, const FaultPlan& plan) {
  return plan.resolver == Resolver::Transition &&
         machine.pfns[plan.page.pte.frame()].state == PageState::Transition;
}

}  // namespace

FaultPlan plan_fault(const MachineState& machine, const AddressSpace& space, const Fault& fault) {
  const VirtualPageNumber page = fault.address.page();
  FaultPlan plan{.action = FaultPlan::Action::Refuse, .vad = space.vads.find(page)};
  if (plan.vad == nullptr) {
    plan.refusal = refusal_outside_vads(fault.address);
    return plan;
  }
  plan.page = view_page(machine, space, *plan.vad, page);
  plan.refusal = refusal_inside_vad(plan.page, fault.access);
  if (plan.refusal != AccessRefusal::None) return plan;
  plan.resolver = resolver_for(plan.page);
  plan.action = on_its_way(machine, plan) ? FaultPlan::Action::Wait : FaultPlan::Action::Serve;
  return plan;
}

}  // namespace mm
