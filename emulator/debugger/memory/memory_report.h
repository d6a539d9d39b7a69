// `!vm`: the machine's memory as a whole. `!memusage`: on which lists the frames are, and whose they are.
#pragma once

#include <span>
#include <string>

#include "emulator/debugger/memory/names.h"
#include "emulator/debugger/memory/words.h"
#include "mm/inspect/list_view.h"
#include "mm/inspect/statistics.h"

namespace emu::debugger {

// One process, for the list at the end of !vm.
struct ProcessUsage {
  std::string name;
  mm::ProcessStatistics statistics;
};

// Shows the counts in WinDbg's layout: pages, and kilobytes behind them.
std::string machine_memory_text(const mm::MemoryStatistics& statistics,
                                std::span<const ProcessUsage> processes);
// {"paging_file", "physical", "commit", "kernel", "faults", "processes"}
Json machine_memory_json(const mm::MemoryStatistics& statistics, std::span<const ProcessUsage> processes);

std::string memory_usage_text(const mm::PhysicalStatistics& lists, const mm::FrameOwners& owners,
                              const ProcessNamer& names);
// {"lists", "processes", "system_pages", "nobody_pages"}
Json memory_usage_json(const mm::PhysicalStatistics& lists, const mm::FrameOwners& owners);

}  // namespace emu::debugger
