// What is going to be done about a page fault: the decision, and nothing of the doing (Windows Internals,
// "Page fault handling": find the VAD, check the access, decode the entry, and one resolver serves it). The
// dispatcher carries a plan out, and the debugger's forecast shows it (mm/inspect/access_forecast.h).
#pragma once

#include "mm/base/events.h"
#include "mm/base/fault.h"
#include "mm/process/page_view.h"

namespace mm {

struct FaultPlan {
  // Refuse: the access is a violation. Wait: the page is on its way to or from where it is stored. Serve:
  // `resolver` does.
  enum class Action : uint8_t { Refuse, Wait, Serve };

  Action action;
  AccessRefusal refusal = AccessRefusal::None;  // with Refuse
  Resolver resolver = Resolver::DemandZero;     // with Wait and Serve
  const Vad* vad = nullptr;                     // null: none holds the address, which is refused
  PageView page{};                              // with a VAD

  bool needs_page_table() const { return action == Action::Serve && !page.at; }
};

// Plans for an access that the processor has refused. Changes nothing.
FaultPlan plan_fault(const MachineState& machine, const AddressSpace& space, const Fault& fault);

}  // namespace mm
