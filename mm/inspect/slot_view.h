// The slots of the paging file and whose they are. How many are used is in MemoryStatistics::pagefile. Reads
// everything, changes nothing.
#pragma once

#include <optional>
#include <vector>

#include "mm/base/address_space_id.h"
#include "mm/x86/pte.h"

namespace mm {

struct MachineState;

// A slot that is in use.
struct SlotView {
  x86::PagingFileSlot slot;
  AddressSpaceId space{};
  VirtualPageNumber page;
  std::optional<PageFrameNumber> frame{};  // that the page is in as well; none: its PTE names the slot
};

// All slots in use, by number.
std::vector<SlotView> slots_in_use(const MachineState& machine);

// None when the slot is free, or beyond the paging file.
std::optional<SlotView> slot_view(const MachineState& machine, x86::PagingFileSlot slot);

}  // namespace mm
