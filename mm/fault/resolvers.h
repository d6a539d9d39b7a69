// One resolver for each kind of entry that can fault. Each gets a page that the access check has passed and
// whose page table exists, and either makes the entry valid, or raises, or finds no frame.
#pragma once

#include "mm/fault/dispatcher.h"
#include "mm/process/page_view.h"

namespace mm {

// A page never touched (Windows Internals, "Page fault handling": demand-zero).
Served map_zeros(MachineState& machine, AddressSpace& space, const PageView& page);

// A page still in memory, on the standby or modified list: a soft fault, unless it was read for this access.
Served recall_page(MachineState& machine, AddressSpace& space, const PageView& page);

// A page in memory that is held back from being written: a soft fault. The page must be dirty from now on,
// which needs a frame to spare (mm/process/frame_supply.h).
Served permit_first_write(MachineState& machine, const PageView& page);

// A page that a backing stores: a hard fault. Where its device takes time, the access waits, and finds the
// page on the standby list when it is made again.
Served read_stored_page(MachineState& machine, AddressSpace& space, const PageView& page);

// A guard page: it does its work once, and becomes an ordinary page ("Creating Guard Pages" in Microsoft's
// API pages).
Served spring_guard(MachineState& machine, AddressSpace& space, const PageView& page);

}  // namespace mm
