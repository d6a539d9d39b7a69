// Which form of paging the processor is set to (Intel SDM volume 3, 4.1.1, "Four paging modes"). Only this
// folder knows what follows from it: how wide an entry is, how many a table has, how many levels there are.
// PAE is to become a second value here, and a case in each switch over it.
#pragma once

#include <cstdint>

namespace mm::x86 {

enum class PagingMode : uint8_t {
  ThirtyTwoBit,  // "32-bit paging", without PAE (4.3): two levels of 1024 entries of 4 bytes
};

}  // namespace mm::x86
