#include "mm/base/check.h"
#include "mm/fault/resolvers.h"

namespace mm {
namespace {

// The page is dirty from now on, and its frame cannot be had again.
Served release_clean_page(MachineState& machine, const PageView& page) {
  if (!machine.frames.spare()) return starve();
  machine.tables.write(*page.at, page.pte.with(x86::Pte::kWrite));
  return FaultOutcome::retry(FaultKind::Transition);
}

}  // namespace

Served permit_first_write(MachineState& machine, const PageView& page) {
  switch (page.pte.hold_reason()) {
    case x86::HoldReason::Clean: return release_clean_page(machine, page);
    case x86::HoldReason::None: break;
  }
  check_failed("a reason to hold the page back", "a first write to a page that may be written", __FILE__,
               __LINE__);
}

}  // namespace mm
