// What a service or a fault changed of the pages of a VAD beyond their entries, told to the address space's
// PageRuns. Called when the entries are written.
#pragma once

#include "mm/process/page_view.h"

namespace mm {

// All pages of `range` have the same protection now, and are committed or reserved as before.
void note_protection(const MachineState& machine, AddressSpace& space, const Vad& vad, PageRange range);

// All pages of `range` have become committed with one protection, or reserved.
void note_commitment(MachineState& machine, AddressSpace& space, const Vad& vad, PageRange range,
                     Commitment commitment);

}  // namespace mm
