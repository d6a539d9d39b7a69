#include "mm/balance/reclaim.h"

#include <algorithm>

#include "mm/balance/modified_writer.h"
#include "mm/balance/trimmer.h"

namespace mm {
namespace {

// How many modified pages can be written: as many as there are free slots. Once the device fails, only clean
// pages can still become available.
PageCount writable(const MachineState& machine, NtStatus writing) {
  if (!succeeded(writing)) return {};
  const PagingFileStatistics file = machine.pagefile.statistics();
  return std::min(machine.pfns.count(PageState::Modified), file.size - file.used);
}

}  // namespace

Watermarks watermarks(PageCount ram) {
  const PageCount low{std::clamp(ram.value / 64, 16u, 1024u)};
  return {.low = low, .target = low + low};
}

// Trimming a page that was written since it was read back frees its slot, so that writing may go on after it.
NtStatus reclaim(MachineState& machine, const Protected& keep) {
  const PageCount target = watermarks(machine.ram.frames()).target;
  NtStatus writing = NtStatus::Success;
  while (machine.pfns.available() < target) {
    const PageCount wanted = target - machine.pfns.available();
    const PageCount ready = writable(machine, writing);
    const PageCount trimmed = ready < wanted ? trim(machine, wanted - ready, keep) : PageCount{0};
    const Result<PageCount> written = write_modified(machine, std::min(wanted, writable(machine, writing)));
    if (!written) writing = written.error();
    if (trimmed == PageCount{0} && written.value_or(PageCount{0}) == PageCount{0}) break;
  }
  return writing;
}

}  // namespace mm
