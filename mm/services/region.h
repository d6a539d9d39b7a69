// What the services share: they turn the numbers that a guest gave into protections and pages.
#pragma once

#include "mm/services/virtual_memory.h"
#include "mm/vad/vad.h"
#include "mm/x86/protection.h"

namespace mm {

// The protection that the guest's PAGE_ constants give to an allocation of this type. Private memory knows no
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

}  // namespace mm
