// What a page holds, wherever it is: in a frame, on the standby or modified list, in the paging file, or
// nowhere yet because it was never touched. Nothing is brought in and nothing is counted.
#pragma once

#include <cstddef>
#include <span>

#include "mm/base/types.h"

namespace mm {

class AddressSpace;
struct MachineState;

// False: the page is not committed, or cannot be read back; `to` is unchanged. Guard and no-access pages are
// read like others.
bool page_content(const MachineState& machine, const AddressSpace& space, VirtualPageNumber page,
                  std::span<std::byte, kPageSize> to);

}  // namespace mm
