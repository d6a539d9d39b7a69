#include "mm/fault/resolvers.h"

namespace mm {

Resolution resolve_first_write(MachineState& machine, const PageView& page) {
  if (!machine.frames.spare()) return Resolution::no_frame();
  machine.tables.write(*page.at, page.pte.with(x86::Pte::kWrite));
  return Resolution::resolved(FaultKind::Transition);
}

}  // namespace mm
