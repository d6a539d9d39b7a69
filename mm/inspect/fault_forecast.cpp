#include "mm/inspect/fault_forecast.h"

#include "mm/fault/access_check.h"

namespace mm {
namespace {

using x86::PteKind;

FaultKind kind_of(const PageView& page) {
  if (page.protection.guard()) return FaultKind::Guard;
  switch (page.kind) {
    case PteKind::Unknown:
    case PteKind::DemandZero: return FaultKind::DemandZero;
    case PteKind::Transition: return FaultKind::Transition;
    case PteKind::PagingFile: return FaultKind::PagingFile;
    case PteKind::Valid:
    case PteKind::Decommitted:
    case PteKind::Prototype: break;
  }
  return FaultKind::AccessViolation;
}

}  // namespace

FaultForecast forecast_fault(const MachineState& machine, const AddressSpace& space, const Fault& fault) {
  const Vad* vad = space.vads.find(fault.address.page());
  if (vad == nullptr) return {};
  const PageView page = view_page(machine, space, *vad, fault.address.page());
  if (refusal_inside_vad(page, fault.access) != AccessRefusal::None) return {};
  return {kind_of(page), !page.at};
}

}  // namespace mm
