#include <nlohmann/json.hpp>

#include "emulator/cli/run_statistics.h"

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

Json physical_json(const mm::PhysicalStatistics& physical) {
  Json by_priority = Json::array();
  mm::PageCount standby{0};
  for (const mm::PageCount pages : physical.standby) {
    by_priority.push_back(pages.value);
    standby += pages;
  }
  return {
      {"total_pages", physical.total.value},
      {"available_pages", physical.available.value},
      {"zeroed_pages", physical.zeroed.value},
      {"free_pages", physical.free.value},
      {"standby_pages", standby.value},
      {"standby_by_priority_pages", by_priority},
      {"modified_pages", physical.modified.value},
      {"modified_no_write_pages", physical.modified_no_write.value},
      {"bad_pages", physical.bad.value},
      {"active_pages", physical.active.value},
      {"transition_pages", physical.transition.value},
  };
}

Json pagefile_json(const mm::PagingFileStatistics& pagefile) {
  return {
      {"size_pages", pagefile.size.value},           {"maximum_pages", pagefile.maximum.value},
      {"used_pages", pagefile.used.value},           {"peak_pages", pagefile.peak.value},
      {"reads_pages", pagefile.reads.value},         {"writes_pages", pagefile.writes.value},
      {"read_operations", pagefile.read_operations}, {"write_operations", pagefile.write_operations},
  };
}

Json memory_json(const mm::MemoryStatistics& memory) {
  return {
      {"faults", faults_json(memory.faults)},
      {"commit",
       {{"charge_pages", memory.commit.charge.value},
        {"limit_pages", memory.commit.limit.value},
        {"peak_pages", memory.commit.peak.value}}},
      {"physical", physical_json(memory.physical)},
      {"kernel",
       {{"page_tables_pages", memory.kernel.page_tables.value}, {"pool_pages", memory.kernel.pool.value}}},
      {"pagefile", pagefile_json(memory.pagefile)},
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

}  // namespace

std::string statistics_json(const RunStatistics& statistics) {
  Json processes = Json::array();
  for (const ProcessSummary& process : statistics.processes) processes.push_back(process_json(process));
  const Json all = {{"memory", memory_json(statistics.memory)}, {"processes", processes}};
  return all.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace emu
