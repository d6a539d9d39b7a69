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

// A screen for people, in the manner of Task Manager.
std::string statistics_text(const RunStatistics& statistics);

// One line.
std::string statistics_json(const RunStatistics& statistics);

// Whether that line can hold a number of this path: "memory.faults.hard", "processes[0].exit_code".
bool is_statistics_counter(std::string_view path);

}  // namespace emu
