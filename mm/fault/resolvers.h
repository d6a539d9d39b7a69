// One resolver for each kind of entry that can fault. Each gets a page that the access check has passed and
// whose page table exists, and either makes the entry valid, or raises, or finds no frame.
#pragma once

#include "mm/fault/resolution.h"
#include "mm/process/page_view.h"

namespace mm {

// A page never touched (Windows Internals, "Page fault handling": demand-zero).
Resolution resolve_demand_zero(MachineState& machine, AddressSpace& space, const PageView& page);

// A page still in memory, on the standby or modified list: a soft fault.
Resolution resolve_transition(MachineState& machine, AddressSpace& space, const PageView& page);

// A page in memory that is held back from being written: a soft fault. The page must be dirty from now on,
// which needs a frame to spare (mm/process/frame_supply.h).
Resolution resolve_first_write(MachineState& machine, const PageView& page);

// A page in the paging file: a hard fault.
Resolution resolve_paging_file(MachineState& machine, AddressSpace& space, const PageView& page);

// A guard page: it does its work once, and becomes an ordinary page ("Creating Guard Pages" in Microsoft's
// API pages).
Resolution resolve_guard(MachineState& machine, AddressSpace& space, const PageView& page);

}  // namespace mm
