// Compares the pages of a VAD with the address space's PageRuns: which are committed, and where those that
// are alike end.
#pragma once

#include "mm/process/machine_state.h"
#include "mm/verify/findings.h"

namespace mm {

// What the entries say of some pages of one VAD.
struct RunTally {
  PageCount exceptions, seams;
};

// `pages` lie in `vad`. Costs by the page where there is a page table, else by the table.
RunTally audit_runs(const MachineState& machine, const AddressSpace& space, const Vad& vad, PageRange pages,
                    Findings& findings);

// Compares what `vad` is charged with the pages that PageRuns say are committed.
void audit_charge(const AddressSpace& space, const Vad& vad, Findings& findings);

}  // namespace mm
