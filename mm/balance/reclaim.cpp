#include "mm/balance/reclaim.h"

#include <algorithm>

#include "mm/balance/modified_writer.h"
#include "mm/balance/trimmer.h"

namespace mm {

Watermarks watermarks(PageCount ram) {
  const PageCount low{std::clamp(ram.value / 64, 16u, 1024u)};
  return {.low = low, .target = low + low};
}

// Once writing fails, only clean pages can still become available.
NtStatus reclaim(MachineState& machine, const Protected& keep) {
  const PageCount target = watermarks(machine.ram.frames()).target;
  NtStatus writing = NtStatus::Success;
  while (machine.pfns.available() < target) {
    const PageCount wanted = target - machine.pfns.available();
    const PageCount writable = succeeded(writing) ? machine.pfns.count(PageState::Modified) : PageCount{0};
    const PageCount trimmed = writable < wanted ? trim(machine, wanted - writable, keep) : PageCount{0};
    const Result<PageCount> written = succeeded(writing) ? write_modified(machine, wanted) : PageCount{0};
    if (!written) writing = written.error();
    if (trimmed == PageCount{0} && written.value_or(PageCount{0}) == PageCount{0}) break;
  }
  return writing;
}

}  // namespace mm
