// Entries in memory: as wide there as the mode of paging has them.
#pragma once

#include <concepts>

#include "mm/base/check.h"
#include "mm/base/ports.h"
#include "mm/x86/paging_mode.h"
#include "mm/x86/pte.h"

namespace mm::x86 {

// What entries are read from: guest RAM (PhysicalMemory), or something like it, such as an image in a file.
template <class T>
concept WalkableMemory = requires(const T& memory, PageFrameNumber frame, PhysicalAddress at) {
  { memory.contains(frame) } -> std::same_as<bool>;
  { memory.read32(at) } -> std::same_as<uint32_t>;
};

template <WalkableMemory Memory>
Pte read_entry(const Memory& memory, PagingMode mode, PhysicalAddress at) {
  switch (mode) {
    case PagingMode::ThirtyTwoBit: return {memory.read32(at)};
  }
  __builtin_unreachable();
}

inline void write_entry(PhysicalMemory ram, PagingMode mode, PhysicalAddress at, Pte entry) {
  switch (mode) {
    case PagingMode::ThirtyTwoBit:
      MM_CHECK(entry.raw >> 32 == 0, "an entry that is wider than the mode of paging has them");
      return ram.write32(at, static_cast<uint32_t>(entry.raw));
  }
  __builtin_unreachable();
}

}  // namespace mm::x86
