#include "mm/balance/idle.h"

#include "mm/balance/modified_writer.h"

namespace mm {
namespace {

// A device that takes time gets one cluster, and the next when that is written: whoever reads has to wait for
// what the device has got before.
PageCount idle_writes(const MachineState& machine) {
  const PageCount modified = machine.pfns.count(PageState::Modified);
  const PageCount tolerated{machine.pfns.size().value / 8};
  if (modified <= tolerated) return {};
  if (!machine.transfers.take_time()) return modified - tolerated;
  return machine.transfers.on_their_way_out() > PageCount{0} ? PageCount{0} : PageCount{1};
}

}  // namespace

void run_idle_work(MachineState& machine) {
  constexpr int kZeroedAtOnce = 64;
  for (int i = 0; i < kZeroedAtOnce && machine.frames.zero_one(); ++i) continue;
  // A write that fails leaves the pages modified; whoever needs their frames will hear of it.
  if (const PageCount wanted = idle_writes(machine); wanted > PageCount{0})
    (void)write_modified(machine, wanted);
}

}  // namespace mm
