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

// A device that failed is tried again first, with one cluster; and once more, since it may fail now and then.
NtStatus try_writing_again(MachineState& machine, const Kept& kept) {
  if (succeeded(machine.pagefile.writing())) return NtStatus::Success;
  if (machine.pfns.count(PageState::Modified) == PageCount{0}) trim(machine, PageCount{1}, kept);
  const PageCount one = std::min(PageCount{1}, writable(machine, NtStatus::Success));
  Result<PageCount> written = write_modified(machine, one);
  if (!written) written = write_modified(machine, one);
  return written ? NtStatus::Success : written.error();
}

}  // namespace

PageCount expected(const MachineState& machine) {
  return machine.pfns.available() + machine.transfers.on_their_way_out();
}

// The lowest leaves the reserve for when the first write fails.
Watermarks watermarks(PageCount ram) {
  const PageCount low{std::clamp(ram.value / 64, kFullReserve.value + 2, 1024u)};
  return {.low = low, .target = low + low};
}

// Trimming a page that was written since it was read back frees its slot, so that writing may go on after it.
NtStatus reclaim(MachineState& machine, const Kept& kept) {
  const PageCount target = watermarks(machine.ram.frames()).target;
  if (expected(machine) >= target) return NtStatus::Success;
  NtStatus writing = try_writing_again(machine, kept);
  while (expected(machine) < target) {
    const PageCount wanted = target - expected(machine);
    const PageCount ready = writable(machine, writing);
    const bool writes = succeeded(writing) && machine.pagefile.size() > PageCount{0};
    const TrimFilter::Content content = writes ? TrimFilter::Content::Any : TrimFilter::Content::Clean;
    const PageCount trimmed = ready < wanted ? trim(machine, wanted - ready, kept, content) : PageCount{0};
    const Result<PageCount> written = write_modified(machine, std::min(wanted, writable(machine, writing)));
    if (!written) writing = written.error();
    if (trimmed == PageCount{0} && written.value_or(PageCount{0}) == PageCount{0}) break;
  }
  if (succeeded(machine.pagefile.writing())) machine.frames.keep_reserve(full_reserve(machine.pagefile));
  return writing;
}

}  // namespace mm
