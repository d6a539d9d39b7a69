#include <fmt/core.h>
#include <re2/re2.h>

#include <nlohmann/json.hpp>
#include <set>

#include "emulator/cli/run_statistics.h"
#include "emulator/debugger/memory/statistics_json.h"
#include "emulator/kernel/kernel.h"

namespace emu {
namespace {

using Json = nlohmann::ordered_json;

Json faults_json(const mm::FaultStatistics& faults) {
  return {
      {"total", faults.total},
      {"soft", faults.soft},
      {"hard", faults.hard},
      {"demand_zero", faults.demand_zero},
      {"transition", faults.transition},
      {"pagefile", faults.pagefile},
      {"prototype", faults.prototype},
      {"copy_on_write", faults.copy_on_write},
      {"guard", faults.guard},
      {"access_violation", faults.access_violation},
      {"in_page_error", faults.in_page_error},
  };
}

Json memory_json(const mm::MemoryStatistics& memory) {
  return {
      {"faults", faults_json(memory.faults)},
      {"commit", debugger::commit_json(memory.commit)},
      {"physical", debugger::physical_json(memory.physical)},
      {"kernel",
       {{"page_tables_pages", memory.kernel.page_tables.value}, {"pool_pages", memory.kernel.pool.value}}},
      {"pagefile", debugger::paging_file_json(memory.pagefile, debugger::MovedPages::Counted)},
  };
}

Json process_json(const ProcessSummary& process) {
  const auto& statistics = process.statistics;
  return {
      {"name", process.name},
      {"id", process.id},
      {"exit_code", process.exit_code ? Json(*process.exit_code) : Json()},
      {"working_set_pages", statistics.working_set.value},
      {"working_set_peak_pages", statistics.working_set_peak.value},
      {"private_pages", statistics.private_commit.value},
      {"private_peak_pages", statistics.private_commit_peak.value},
      {"page_tables_pages", statistics.page_tables.value},
      {"faults", faults_json(statistics.faults)},
  };
}

Json json_of(const RunStatistics& statistics) {
  Json processes = Json::array();
  for (const ProcessSummary& process : statistics.processes) processes.push_back(process_json(process));
  return {{"memory", memory_json(statistics.memory)}, {"processes", processes}};
}

// --- The paths of its numbers.

using Paths = std::set<std::string, std::less<>>;

void add_paths(const Json& node, const std::string& path, Paths& paths) {
  if (node.is_number()) paths.insert(path);
  if (node.is_array())
    for (size_t i = 0; i < node.size(); ++i) add_paths(node[i], fmt::format("{}[{}]", path, i), paths);
  if (node.is_object())
    for (const auto& [key, value] : node.items())
      add_paths(value, path.empty() ? key : fmt::format("{}.{}", path, key), paths);
}

// Those of a machine with one process.
Paths all_paths() {
  RunStatistics statistics;
  statistics.processes.emplace_back().exit_code = 0;
  Paths paths;
  add_paths(json_of(statistics), "", paths);
  return paths;
}

// "processes[12].id" -> "processes[0].id"
std::string of_first_process(const std::string& path) {
  static const RE2 kProcess("^processes\\[(0|[1-9][0-9]{0,8})\\]");
  std::string first = path;
  RE2::Replace(&first, kProcess, "processes[0]");
  return first;
}

}  // namespace

std::string statistics_json(const RunStatistics& statistics) {
  return json_of(statistics).dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

bool is_statistics_counter(std::string_view path) {
  static const Paths kPaths = all_paths();
  return kPaths.contains(of_first_process(std::string(path)));
}

}  // namespace emu
