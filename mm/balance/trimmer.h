// The working-set trimmer: ages every page of every working set, then trims the oldest of them all.
//
// Ages: at each pass a data page that was used since the last one (Accessed) becomes 0, any other one older.
// Pages of one age go in the order in which they came in, data before code. So what is trimmed depends only
// on what the guest did.
//
// Of a page that may be executed, Accessed says nothing that is the same however the processor is driven. Not
// even after a flush: blocks that were translated are chained, within a page and with the page that one of
// them ends in, and run on without a look at the TLB, where a processor that is stepped fetches every time.
// What is exact is a fault on a page that was taken away, since taking it away voids its code. So code ages
// whether used or not, and proves that it is used by coming back from the standby or modified list: each
// such recall doubles the passes that count as one for it (PageFrame::recalls), until its frame is lost. Hot
// code soon stays as long as hot data, at the price of few soft faults; cold code goes at the first trimming.
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
