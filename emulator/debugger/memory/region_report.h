// `!address`: the regions of a process as VirtualQuery tells them, and what each is for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emulator/debugger/memory/names.h"
#include "emulator/debugger/memory/words.h"

namespace mm {
class AddressSpace;
class MemoryManager;
}  // namespace mm

namespace emu::debugger {

struct Region {
  mm::RegionInformation information;  // as VirtualQuery's, but cut where the use changes
  RegionUsage usage;                  // "Free" where nothing is, "<unknown>" where nothing is known
};

// Returns the regions of all of the user half, in order and without a gap between them.
std::vector<Region> regions_of(const mm::MemoryManager& manager, const mm::AddressSpace& space,
                               const RegionNamer& names);
// Returns the region that `address` lies in, from its first page on; none above the user half.
std::optional<Region> region_at(const mm::MemoryManager& manager, const mm::AddressSpace& space,
                                mm::VirtualAddress address, const RegionNamer& names);

// Shows the regions in WinDbg's columns.
std::string regions_text(std::span<const Region> regions);
std::string region_text(const Region& region);
// {"regions": [...]}
Json regions_json(std::span<const Region> regions);
// {"base", "end", "size", "allocation_base", "allocation_protect", "state", "protect", "type", "usage",
// "detail"}
Json region_json(const Region& region);

}  // namespace emu::debugger
