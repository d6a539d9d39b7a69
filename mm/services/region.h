// What the services share: pages from a guest's numbers, and the pages of a VAD one by one.
#pragma once

#include "mm/process/page_view.h"
#include "mm/services/virtual_memory.h"

namespace mm {

// The pages a protection from the guest may give to an allocation of this type: private memory knows no
// write-copy ("Memory Protection Constants": not supported by VirtualAlloc). An image that was copied in is
// private already, so there write-copy means writable. STATUS_INVALID_PAGE_PROTECTION.
Result<x86::Protection> protection_for(VadType type, uint32_t constants);

// Whether somebody who may touch allocations of this security may touch `vad`.
inline bool admits(VadSecurity security, const Vad& vad) {
  return vad.security() == VadSecurity::Open || security == VadSecurity::Secured;
}

// Whether [base, base + size) lies where a process may have memory.
bool in_user_space(MemoryRegion region);

inline MemoryRegion region_of(PageRange range) {
  return {range.begin.address(), static_cast<uint32_t>(range.size().bytes())};
}

// Calls `visit(page, view)` for every page of `range`, which lies in `vad`. Pages without a page table are
// visited one by one as well.
template <class Visitor>
void for_each_page(const MachineState& machine, const AddressSpace& space, const Vad& vad, PageRange range,
                   Visitor&& visit) {
  for (VirtualPageNumber page = range.begin; page < range.end; ++page) {
    visit(page, view_page(machine, space, vad, page));
  }
}

}  // namespace mm
