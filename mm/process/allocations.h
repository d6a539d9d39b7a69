// VADs coming and going in an address space, with the page tables that they may need.
#pragma once

#include <memory>

#include "mm/process/machine_state.h"

namespace mm {

// How many of the page tables that map `range` are not charged for: those that do not exist, and that no
// VAD's untouched pages may need.
PageCount uncharged_tables(const MachineState& machine, const AddressSpace& space, PageRange range);

// Makes sure that the pages of `range` have their page tables, and charges those that are not charged for
// yet. STATUS_COMMITMENT_LIMIT, or Starved for want of a frame; the tables made so far are there then.
Attempt<void> ensure_charged_tables(MachineState& machine, AddressSpace& space, PageRange range);

// Unhooks the page tables of `range` that hold nothing, and gives back what nobody needs of their charge.
void drop_empty_tables(MachineState& machine, AddressSpace& space, PageRange range);

// Hooks in a VAD that overlaps none. `tables` is the charge for uncharged_tables of its range when its
// untouched pages are committed, else nothing. Never fails.
Vad& add_vad(AddressSpace& space, std::unique_ptr<Vad> vad, CommitCharge tables);

// Unhooks a VAD whose entries are all zero, with the tables that hold nothing any more.
void remove_vad(MachineState& machine, AddressSpace& space, Vad& vad);

// Gives up a VAD with everything that it holds. Never fails.
void release_vad(MachineState& machine, AddressSpace& space, Vad& vad);

// Gives up the pages `gone`, whose entries are all zero, of a VAD that keeps some of its others. What lies
// behind them, if anything, becomes the VAD `rest` (made beforehand, so that nothing here can fail), which
// takes `rest_commit` of the charge along.
void cut_vad(MachineState& machine, AddressSpace& space, Vad& vad, PageRange gone, std::unique_ptr<Vad> rest,
             PageCount rest_commit);

}  // namespace mm
