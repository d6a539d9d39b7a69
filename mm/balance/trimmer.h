// The working-set trimmer: ages every page of every working set, then trims the oldest of them all.
//
// Ages: at each pass a data page that was used since the last one (Accessed) becomes 0, any other one older.
// A page that may be executed ages without regard to Accessed, because how often the processor fetches
// depends on how it is driven; it goes after data of the same age. Pages of one age go in the order in which
// they came in. So what is trimmed depends only on what the guest did.
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

enum class Candidates : uint8_t { All, Clean };

// Trims up to `wanted` pages; how many it did.
PageCount trim(MachineState& machine, PageCount wanted, const Protected& keep,
               Candidates candidates = Candidates::All);

}  // namespace mm
