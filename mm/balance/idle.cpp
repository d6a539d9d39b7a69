#include "mm/balance/idle.h"

#include "mm/balance/modified_writer.h"

namespace mm {

void run_idle_work(MachineState& machine) {
  constexpr int kZeroedAtOnce = 64;
  for (int i = 0; i < kZeroedAtOnce && machine.frames.zero_one(); ++i) continue;
  const PageCount modified = machine.pfns.count(PageState::Modified);
  const PageCount tolerated{machine.pfns.size().value / 8};
  // A write that fails leaves the pages modified; whoever needs their frames will hear of it.
  if (modified > tolerated) (void)write_modified(machine, modified - tolerated);
}

}  // namespace mm
