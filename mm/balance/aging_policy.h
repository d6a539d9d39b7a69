// Replacement by age: the pages of all working sets that were not used for longest go first.
//
// Ages: at each sample a data page that was used since the last one (Accessed) becomes 0, any other one
// older. Pages of one age go in the order in which they came in, data before code. So what is trimmed depends
// only on what the guest did.
//
// Of a page that may be executed, Accessed says nothing that is the same however the processor is driven,
// even after a flush of the TLB: blocks that were translated are chained, within a page and with the page
// that one of them ends in, and run on without a look at the TLB, where a processor that is stepped fetches
// every time. A fault on a page that was taken away is exact, since taking it away voids its code. So code
// ages whether it is used or not, and proves that it is used by coming back from the standby or modified
// list: each such recall doubles the samples that count as one for it (PageFrame::recalls), until its frame
// is lost. Hot code soon stays as long as hot data, at the price of few soft faults; cold code goes at the
// first trimming.
#pragma once

#include "mm/process/replacement_policy.h"

namespace mm {

class AgingPolicy final : public ReplacementPolicy {
 public:
  void note(MachineState& machine, const ResidentPage& page, Arrival arrival) override;
  void sample(MachineState& machine) override;
  PageCount choose(MachineState& machine, PageCount wanted, const TrimFilter& filter,
                   TrimSink& sink) override;
};

}  // namespace mm
