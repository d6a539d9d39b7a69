// The modified page writer: writes the oldest modified pages to the paging file, in clusters.
#pragma once

#include "mm/base/result.h"
#include "mm/process/machine_state.h"

namespace mm {

// Writes at least `wanted` pages, while there are any, and returns how many it wrote. A failed write leaves
// its pages in memory, modified; STATUS_DISK_FULL when no slot is free.
Result<PageCount> write_modified(MachineState& machine, PageCount wanted);

}  // namespace mm
