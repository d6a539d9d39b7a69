#include "mm/balance/reclaim.h"

#include <algorithm>

#include "mm/balance/modified_writer.h"
#include "mm/balance/trimmer.h"

namespace mm {

Watermarks watermarks(PageCount ram) {
  const PageCount low{std::clamp(ram.value / 64, 16u, 1024u)};
  return {.low = low, .target = low + low};
}

NtStatus reclaim(MachineState& machine, const Protected& keep) {
  const PageCount target = watermarks(machine.ram.frames()).target;
  while (machine.pfns.available() < target) {
    const PageCount wanted = target - machine.pfns.available();
    const PageCount modified = machine.pfns.count(PageState::Modified);
    const PageCount trimmed = modified < wanted ? trim(machine, wanted - modified, keep) : PageCount{0};
    const Result<PageCount> written = write_modified(machine, wanted);
    if (!written) return written.error();
    if (trimmed == PageCount{0} && *written == PageCount{0}) break;
  }
  return NtStatus::Success;
}

}  // namespace mm
