// The page lists, frame by frame, and who the frames in use belong to. The counts of the lists are in
// MemoryStatistics::physical (mm/inspect/statistics.h). Reads everything, changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mm/pfn/page_frame.h"

namespace mm {

struct MachineState;

// "zeroed", "free", "standby", "modified", "modified-no-write", "bad", "active", "transition".
std::string_view to_string(PageState state);

// The frames of a list, the one that leaves first in front. Standby: the list of one priority, or all lists
// from the lowest priority on. Active, Transition: the frames, which are in no list, by number.
std::vector<PageFrameNumber> frames_of(const MachineState& machine, PageState state,
                                       std::optional<uint8_t> priority = {});

// The frames that one process's pages and page tables are in.
struct ProcessFrames {
  AddressSpaceId space{};
  PageCount active{};       // in its working set
  PageCount standby{};      // still found by its entries
  PageCount modified{};     // likewise; modified-no-write too
  PageCount transition{};   // being written
  PageCount page_tables{};  // with its directory

  PageCount total() const { return active + standby + modified + transition + page_tables; }
};

struct FrameOwners {
  std::vector<ProcessFrames> processes;  // by number
  PageCount system;                      // resident for good: the system half and KUSER_SHARED_DATA
  PageCount nobody;                      // zeroed, free, bad, or on its way to a page
};

FrameOwners frame_owners(const MachineState& machine);

}  // namespace mm
