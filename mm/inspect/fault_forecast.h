// What the memory manager would make of a fault, without making it: the decisions of mm/fault/dispatcher.h up
// to the resolver, which change nothing.
#pragma once

#include "mm/base/fault.h"
#include "mm/inspect/fault_kind.h"

namespace mm {

class AddressSpace;
struct MachineState;

struct FaultForecast {
  FaultKind kind = FaultKind::AccessViolation;
  bool page_table_missing = false;  // it would be made first
  bool hard() const { return kind == FaultKind::PagingFile; }
};

// Of an access that the processor has refused.
FaultForecast forecast_fault(const MachineState& machine, const AddressSpace& space, const Fault& fault);

}  // namespace mm
