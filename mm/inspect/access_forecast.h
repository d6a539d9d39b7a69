// What an access to an address would come to if it were made now: the walk that the processor would make, and
// the plan that the memory manager would carry out (mm/fault/fault_plan.h), without carrying it out. Changes
// nothing.
#pragma once

#include <optional>

#include "mm/base/fault.h"
#include "mm/base/fault_kind.h"
#include "mm/pfn/page_frame.h"

namespace mm {

class AddressSpace;
struct MachineState;

enum class PageTableNeed : uint8_t { Exists, WouldBeMade };

struct AccessForecast {
  // NoFault: the walk permits it. Resolved: a page fault that the guest does not see. Raised: the guest sees
  // `status`. Waits: the page is on its way to or from the paging file.
  enum class Outcome : uint8_t { NoFault, Resolved, Raised, Waits };

  Outcome outcome = Outcome::NoFault;
  FaultKind fault = FaultKind::DemandZero;      // Resolved, Raised
  AccessRefusal refusal = AccessRefusal::None;  // of an access violation
  NtStatus status = NtStatus::Success;          // Raised
  PageTableNeed page_table = PageTableNeed::Exists;
  // Resolved: the frame that the page would get, and the list it is in now. None when no frame is available:
  // pages would be trimmed and written out first.
  std::optional<PageFrameNumber> frame{};
  PageState frame_from = PageState::Zeroed;
  // Resolved: the page was read for an access that waits, and has come. The fault has been met before.
  bool arrived = false;
};

AccessForecast forecast_access(const MachineState& machine, const AddressSpace& space, const Fault& fault);

}  // namespace mm
