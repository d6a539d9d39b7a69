// VADs coming and going in an address space, with the page tables that they may need.
#pragma once

#include <memory>

#include "mm/process/machine_state.h"

namespace mm {

// Charges the page tables that `range` may need and nobody has charged. STATUS_COMMITMENT_LIMIT.
Result<CommitCharge> charge_tables(MachineState& machine, const AddressSpace& space, PageRange range);

// Hooks in a VAD that overlaps none. `tables` comes from charge_tables for its range. Never fails.
Vad& add_vad(AddressSpace& space, std::unique_ptr<Vad> vad, CommitCharge tables);

// Unhooks a VAD whose entries are all zero, with the tables that nobody needs any more.
void remove_vad(MachineState& machine, AddressSpace& space, Vad& vad);

// Gives up a VAD with everything that it holds. Never fails.
void release_vad(MachineState& machine, AddressSpace& space, Vad& vad);

// Gives up the pages `gone`, whose entries are all zero, of a VAD that keeps some of its others. What lies
// behind them, if anything, becomes the VAD `rest` (made beforehand, so that nothing here can fail), which
// takes `rest_commit` of the charge along.
void cut_vad(MachineState& machine, AddressSpace& space, Vad& vad, PageRange gone, std::unique_ptr<Vad> rest,
             PageCount rest_commit);

}  // namespace mm
