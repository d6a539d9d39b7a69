// What the processor notes in the entries that a walk used (Intel SDM volume 3, 4.8).
#pragma once

#include "mm/base/fault.h"
#include "mm/base/ports.h"
#include "mm/x86/walk.h"

namespace mm::x86 {

inline void set_bits(PhysicalMemory ram, PhysicalAddress at, Pte entry, uint32_t bits) {
  if (!entry.has(bits)) ram.write32(at, entry.with(bits).raw);
}

// Accessed in the PDE, where it led to a page table: also when the walk faults there.
inline void mark_path(PhysicalMemory ram, const Walk& walk) {
  if (walk.used_table()) set_bits(ram, walk.pde_at, walk.pde, Pte::kAccessed);
}

// Of an access that is let through: Accessed in every entry, Dirty in the one that maps the page.
inline void mark_access(PhysicalMemory ram, const Walk& walk, Access access) {
  const uint32_t leaf = Pte::kAccessed | (access == Access::Write ? Pte::kDirty : 0);
  mark_path(ram, walk);
  set_bits(ram, walk.large() ? walk.pde_at : walk.pte_at, walk.large() ? walk.pde : walk.pte, leaf);
}

}  // namespace mm::x86
