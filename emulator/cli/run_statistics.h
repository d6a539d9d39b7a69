// Everything that `--stats` shows, and its two forms. The JSON keys are listed in run_statistics_json.cpp;
// they keep their names and their order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mm/inspect/statistics.h"

namespace emu {

struct ProcessSummary {
  std::string name;
  uint32_t id = 0;
  std::optional<uint32_t> exit_code;  // none: it was stopped
  mm::ProcessStatistics statistics;
};

struct RunStatistics {
  mm::MemoryStatistics memory;
  std::vector<ProcessSummary> processes;
};

// Returns a screen for people, laid out as Task Manager does.
std::string statistics_text(const RunStatistics& statistics);

// Returns one line, with its line feed.
std::string statistics_json(const RunStatistics& statistics);

// Tells whether that line can hold a number at this path, such as "memory.faults.hard" or
// "processes[0].exit_code".
bool is_statistics_counter(std::string_view path);

}  // namespace emu
