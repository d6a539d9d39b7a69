#include "emulator/debugger/memory/memory_report.h"

#include <fmt/core.h>

#include "emulator/debugger/memory/statistics_json.h"
#include "emulator/kernel/kernel.h"

namespace emu::debugger {
namespace {

using mm::PageCount;

mm::PageCount standby_in_all(const mm::PhysicalStatistics& lists) {
  PageCount all;
  for (const PageCount pages : lists.standby) all += pages;
  return all;
}

std::string line(std::string_view label, PageCount pages) {
  return fmt::format("{:<26}{:>10} ( {:>10} Kb)\n", label, pages.value, pages.bytes() / 1024);
}

std::string paging_file_text(const mm::PagingFileStatistics& file) {
  if (file.maximum == PageCount{0}) return "No paging file\n\n";
  const auto kilobytes = [](PageCount pages) { return pages.bytes() / 1024; };
  return fmt::format("Page File\n  Current: {:>10} Kb  Free Space: {:>10} Kb\n", kilobytes(file.size),
                     kilobytes(file.size - file.used)) +
         fmt::format("  Peak:    {:>10} Kb  Maximum:    {:>10} Kb\n", kilobytes(file.peak),
                     kilobytes(file.maximum)) +
         fmt::format("  Reads:   {:>10}     Writes:     {:>10}\n\n", file.read_operations,
                     file.write_operations);
}

std::string processes_text(std::span<const ProcessUsage> processes) {
  if (processes.empty()) return {};
  std::string text =
      fmt::format("\n{:<32}{:>12}{:>12}{:>12}\n", "Process", "Working set", "Commit", "Page tables");
  for (const ProcessUsage& process : processes) {
    const mm::ProcessStatistics& use = process.statistics;
    text += fmt::format("{:<32}{:>12}{:>12}{:>12}\n", process.name, use.working_set.value,
                        use.private_commit.value, use.page_tables.value);
  }
  return text;
}

Json process_json(const ProcessUsage& process) {
  const mm::ProcessStatistics& use = process.statistics;
  return {{"process", process.name},
          {"working_set_pages", use.working_set.value},
          {"working_set_peak_pages", use.working_set_peak.value},
          {"private_commit_pages", use.private_commit.value},
          {"private_commit_peak_pages", use.private_commit_peak.value},
          {"page_table_pages", use.page_tables.value},
          {"soft_faults", use.faults.soft},
          {"hard_faults", use.faults.hard}};
}

std::string usage_line(std::string_view label, PageCount pages) {
  return fmt::format("{:>20}: {:>6} ({:>7} kb)\n", label, pages.value, pages.bytes() / 1024);
}

std::string owners_text(const mm::FrameOwners& owners, const ProcessNamer& names) {
  std::string text = fmt::format("\n{:>8} {:>8} {:>8} {:>10} {:>11}  {}\n", "Active", "Standby", "Modified",
                                 "Transition", "PageTables", "Owner");
  for (const mm::ProcessFrames& process : owners.processes)
    text += fmt::format("{:>8} {:>8} {:>8} {:>10} {:>11}  {}\n", process.active.value, process.standby.value,
                        process.modified.value, process.transition.value, process.page_tables.value,
                        names.name(process.space));
  return text + fmt::format("{:>8} {:>8} {:>8} {:>10} {:>11}  {}\n", owners.system.value, 0, 0, 0, 0,
                            "system, resident for good");
}

}  // namespace

std::string machine_memory_text(const mm::MemoryStatistics& statistics,
                                std::span<const ProcessUsage> processes) {
  const mm::PhysicalStatistics& physical = statistics.physical;
  return paging_file_text(statistics.pagefile) + line("Physical Memory:", physical.total) +
         line("Available Pages:", physical.available) + line("  Zeroed:", physical.zeroed) +
         line("  Free:", physical.free) + line("  Standby:", standby_in_all(physical)) +
         line("Modified Pages:", physical.modified) +
         line("Modified No-Write Pages:", physical.modified_no_write) +
         line("Active Pages:", physical.active) + line("Transition Pages:", physical.transition) +
         line("Bad Pages:", physical.bad) + line("Page Tables:", statistics.kernel.page_tables) +
         line("System Pages:", statistics.kernel.pool) + line("Committed pages:", statistics.commit.charge) +
         line("Commit limit:", statistics.commit.limit) + line("Commit peak:", statistics.commit.peak) +
         processes_text(processes);
}

Json machine_memory_json(const mm::MemoryStatistics& statistics, std::span<const ProcessUsage> processes) {
  Json list = Json::array();
  for (const ProcessUsage& process : processes) list.push_back(process_json(process));
  return {{"paging_file", paging_file_json(statistics.pagefile, MovedPages::Left)},
          {"physical", physical_json(statistics.physical)},
          {"commit", commit_json(statistics.commit)},
          {"kernel",
           {{"page_table_pages", statistics.kernel.page_tables.value},
            {"system_pages", statistics.kernel.pool.value}}},
          {"faults", {{"soft", statistics.faults.soft}, {"hard", statistics.faults.hard}}},
          {"processes", list}};
}

std::string memory_usage_text(const mm::PhysicalStatistics& lists, const mm::FrameOwners& owners,
                              const ProcessNamer& names) {
  return usage_line("Zeroed", lists.zeroed) + usage_line("Free", lists.free) +
         usage_line("Standby", standby_in_all(lists)) + usage_line("Modified", lists.modified) +
         usage_line("ModifiedNoWrite", lists.modified_no_write) + usage_line("Active/Valid", lists.active) +
         usage_line("Transition", lists.transition) + usage_line("Bad", lists.bad) +
         usage_line("TOTAL", lists.total) + owners_text(owners, names);
}

Json memory_usage_json(const mm::PhysicalStatistics& lists, const mm::FrameOwners& owners) {
  Json processes = Json::array();
  for (const mm::ProcessFrames& process : owners.processes)
    processes.push_back({{"address_space", process.space.value()},
                         {"active_pages", process.active.value},
                         {"standby_pages", process.standby.value},
                         {"modified_pages", process.modified.value},
                         {"transition_pages", process.transition.value},
                         {"page_table_pages", process.page_tables.value}});
  return {{"lists", physical_json(lists)},
          {"processes", processes},
          {"system_pages", owners.system.value},
          {"nobody_pages", owners.nobody.value}};
}

}  // namespace emu::debugger
