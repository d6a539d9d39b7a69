// Address space layout randomization: what Windows draws from the processor's time-stamp counter is drawn
// here from a generator of ours, so that one seed gives one layout on any host. Without a seed nothing moves.
// Source: Windows Internals, 7th edition, part 1, chapter 5, "Address space layout randomization", which
// gives the ranges; Microsoft's page on UpdateProcThreadAttribute for bottom-up randomization.
#pragma once

#include <cstdint>
#include <optional>

#include "mm/base/placement.h"
#include "mm/base/types.h"

namespace emu {

// How far from its usual place a thread's stack is.
struct StackShift {
  uint32_t reservation = 0;  // bytes, a multiple of 64 KB: that many higher
  uint32_t pointer = 0;      // bytes, a multiple of 4 below half a page: the thread begins that much lower
};

class AddressRandomizer {
 public:
  explicit AddressRandomizer(std::optional<uint64_t> seed);

  bool on() const { return state_.has_value(); }

  // Draws where a new process's searches begin from both ends, each in one of 256 places 64 KB apart. Heaps,
  // mappings and what VirtualAlloc places go up from the one; PEB and TEBs go down from the other.
  mm::Placement process();
  // Draws the cookie from which a new process's runtime draws further, as RtlCreateHeap does; never 0.
  uint32_t process_cookie();
  // Draws a new thread's stack: one of 32 places, then 9 bits of words.
  StackShift stack();
  // Draws how far a program is loaded from the base that it prefers: 64 KB to 254 * 64 KB, never 0.
  uint32_t program_shift();
  // Draws once for all DLLs of this machine: 8 bits of 64 KB.
  uint32_t dll_bias();

 private:
  uint32_t below(uint32_t limit);  // 0 when off

  std::optional<uint64_t> state_;
};

}  // namespace emu
