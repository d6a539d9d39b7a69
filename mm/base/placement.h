// Where a process's memory is placed when no address is asked for.
#pragma once

#include "mm/base/types.h"

namespace mm {

// The search falls back to all of user space when there is no room between a bound and the other end.
struct Placement {
  // The search begins here and goes up. Below it, 0x00080000-0x0009AFFF stays free for programs that ask for
  // that place. Bottom-up randomization "causes a random location to be used as the lowest user address"
  // (Microsoft's page on UpdateProcThreadAttribute).
  VirtualAddress lowest{0x000A0000};
  // With MEM_TOP_DOWN the search begins here and goes down.
  VirtualAddress highest = kHighestUserAddress;
};

}  // namespace mm
