// What the processor notes in the entries that a walk used (Intel SDM volume 3, 4.8).
#pragma once

#include "mm/base/fault.h"
#include "mm/x86/walk.h"

namespace mm::x86 {

inline void set_bits(PhysicalMemory ram, const Walk& walk, const WalkStep& step, uint32_t bits) {
  if (!step.entry.has(bits)) write_entry(ram, walk.mode(), step.at, step.entry.with(bits));
}

// Sets Accessed in each entry that led on to another table, also when the walk faults in that table.
inline void mark_path(PhysicalMemory ram, const Walk& walk) {
  for (const WalkStep& step : walk.path()) set_bits(ram, walk, step, Pte::kAccessed);
}

// For an access that is let through: sets Accessed in every entry, and for a write Dirty in the one that maps
// the page.
inline void mark_access(PhysicalMemory ram, const Walk& walk, Access access) {
  const uint32_t leaf = Pte::kAccessed | (access == Access::Write ? Pte::kDirty : 0);
  mark_path(ram, walk);
  set_bits(ram, walk, walk.last(), leaf);
}

}  // namespace mm::x86
