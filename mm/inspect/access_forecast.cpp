#include "mm/inspect/access_forecast.h"

#include "mm/fault/fault_plan.h"
#include "mm/x86/walk.h"

namespace mm {
namespace {

using Outcome = AccessForecast::Outcome;

AccessForecast raised(FaultKind fault, NtStatus status, AccessRefusal refusal = AccessRefusal::None) {
  return {.outcome = Outcome::Raised, .fault = fault, .refusal = refusal, .status = status};
}
AccessForecast violation(AccessRefusal refusal) {
  return raised(FaultKind::AccessViolation, NtStatus::AccessViolation, refusal);
}

// The orders of FrameSupply: zeros are wanted from the zeroed list first, anything from the free list.
std::optional<PageFrameNumber> next_frame(const MachineState& machine, FaultKind fault) {
  const PfnDatabase& pfns = machine.pfns;
  const bool zeros = fault == FaultKind::DemandZero;
  if (zeros && !machine.frames.spare()) return std::nullopt;
  if (const auto first = zeros ? pfns.next_zeroed() : pfns.next_free()) return first;
  if (const auto second = zeros ? pfns.next_free() : pfns.next_zeroed()) return second;
  return pfns.next_standby();
}

AccessForecast new_page(const MachineState& machine, FaultKind fault) {
  AccessForecast forecast{.outcome = Outcome::Resolved, .fault = fault, .frame = next_frame(machine, fault)};
  if (forecast.frame) forecast.frame_from = machine.pfns[*forecast.frame].state;
  return forecast;
}

// A page table takes a zeroed frame first, so that the page gets the one after it; when that comes from
// another list, which one the fault decides.
void make_table_first(const MachineState& machine, AccessForecast& forecast) {
  forecast.page_table = PageTableNeed::WouldBeMade;
  if (!forecast.frame) return;
  const uint32_t next = machine.pfns.next(*forecast.frame);
  forecast.frame.reset();
  if (next != PageFrame::kNone) forecast.frame = PageFrameNumber(next);
}

AccessForecast cached_page(const MachineState& machine, PageFrameNumber number) {
  const PageFrame& frame = machine.pfns[number];
  return {.outcome = Outcome::Resolved,
          .fault = kind_of_recall(frame),
          .frame = number,
          .frame_from = frame.state,
          .arrived = frame.read_in};
}

AccessForecast served(const MachineState& machine, const FaultPlan& plan) {
  switch (plan.resolver) {
    case Resolver::Guard: return raised(FaultKind::Guard, NtStatus::GuardPageViolation);
    case Resolver::Transition:
    case Resolver::FirstWrite: return cached_page(machine, plan.page.pte.frame());
    case Resolver::PagingFile: return new_page(machine, FaultKind::PagingFile);
    case Resolver::DemandZero: break;
  }
  return new_page(machine, FaultKind::DemandZero);
}

}  // namespace

AccessForecast forecast_access(const MachineState& machine, const AddressSpace& space, const Fault& fault) {
  const x86::Walk walk = x86::walk(machine.ram, space.root(), fault.address);
  if (x86::permits(walk, fault.access, fault.mode, x86::WriteProtect::On)) return {};
  const FaultPlan plan = plan_fault(machine, space, fault);
  switch (plan.action) {
    case FaultPlan::Action::Refuse: return violation(plan.refusal);
    case FaultPlan::Action::Wait: return {.outcome = Outcome::Waits, .frame = plan.page.pte.frame()};
    case FaultPlan::Action::Serve: break;
  }
  AccessForecast forecast = served(machine, plan);
  if (plan.needs_page_table()) make_table_first(machine, forecast);
  return forecast;
}

}  // namespace mm
