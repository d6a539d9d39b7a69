// The heaps of a process as its ntdll keeps them (guest/abi/heap.h), read out of its memory. The guest may
// have written anything there: every walk ends, and where one cannot go on it says so.
#pragma once

#include <string>
#include <vector>

#include "emulator/debugger/memory/memory_view.h"

namespace emu::debugger {

struct GuestHeap {
  mm::VirtualAddress handle;
  std::vector<mm::VirtualAddress> segments;  // where their headers lie; one of them is in the heap itself
  std::vector<mm::VirtualAddress> large_blocks;
};

struct GuestHeaps {
  std::vector<GuestHeap> heaps;     // in the order of their making
  std::vector<std::string> damage;  // a sentence for each list that does not end as it should
};

// Reads the list of heaps that begins with `first`, the process's heap as the PEB names it; null when there
// is none yet.
GuestHeaps read_heaps(const MemoryView& memory, mm::VirtualAddress first);

}  // namespace emu::debugger
