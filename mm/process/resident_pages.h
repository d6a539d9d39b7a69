// Moves of single pages that touch an entry, its frame and its slot together.
#pragma once

#include "mm/process/machine_state.h"

namespace mm {

// Makes sure that `page` has a page table, which is charged. False when no frame is available.
[[nodiscard]] bool ensure_page_table(MachineState& machine, AddressSpace& space, VirtualPageNumber page);

// Gives the entry at `at` a frame that has just been filled (in transition).
void map_new_page(MachineState& machine, AddressSpace& space, PhysicalAddress at, PageFrameNumber frame,
                  x86::Pte original);

// Brings a page back from the standby or modified list that the entry at `at` still finds.
void map_cached_page(MachineState& machine, AddressSpace& space, PhysicalAddress at, PageFrameNumber frame);

// Takes a valid page out of the working set. It goes to the standby list when it is clean, else to the
// modified list; the entry becomes a transition entry that finds it there.
void trim_page(MachineState& machine, AddressSpace& space, PhysicalAddress at);

// Gives up whatever the entry at `at` holds, frame and slot, and writes `replacement`.
void discard_page(MachineState& machine, AddressSpace& space, PhysicalAddress at, x86::Pte replacement);

// Does the same for every page of `range` that has an entry. When `replacement` is all zero, entries that are
// all zero stay so, and tables that hold nothing else are passed over.
void discard_range(MachineState& machine, AddressSpace& space, PageRange range, x86::Pte replacement);

// The content of the page may go, wherever it is: a frame is kept only until somebody else needs it
// (MEM_RESET).
void give_up_content(MachineState& machine, const AddressSpace& space, PhysicalAddress at);

// Keeps a content that may go, if it is still in memory (MEM_RESET_UNDO). False when it is lost, so that the
// page reads as zeros; a page that never held anything has lost nothing.
[[nodiscard]] bool keep_content(MachineState& machine, PhysicalAddress at);

// Changes the protection of a committed page, whose entry may be all zero. A page in memory that becomes
// inaccessible, or a guard page, leaves the working set, since only an entry that is not valid can say so.
void protect_page(MachineState& machine, AddressSpace& space, PhysicalAddress at, x86::Protection protection);

}  // namespace mm
