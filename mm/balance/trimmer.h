// The working-set trimmer: asks the machine's replacement policy which pages go, and takes them out of their
// working sets. Which pages must stay, so that the instruction at fault can make progress, is said here.
#pragma once

#include "mm/balance/reclaim.h"
#include "mm/process/machine_state.h"

namespace mm {

// Of the process that runs, the pages that came in last are not trimmed: the instruction that faults may need
// them all at once, and needs them to make progress.
inline constexpr PageCount kNewestKept{16};

// While only clean pages can become available, no more are kept than one instruction needs: it reads and
// writes four pages at most, each of two operands across a page end.
inline constexpr PageCount kNewestCleanKept{6};

// Trims up to `wanted` pages, and returns how many it trimmed.
PageCount trim(MachineState& machine, PageCount wanted, const Kept& kept,
               TrimFilter::Content content = TrimFilter::Content::Any);

}  // namespace mm
