#include <fmt/core.h>

#include "emulator/cli/run_statistics.h"
#include "emulator/kernel/kernel.h"

namespace emu {
namespace {

// Kilobytes below 10 MB, megabytes with a digit above.
std::string size(mm::PageCount pages) {
  constexpr uint64_t kMegabyte = 1 << 20;
  if (pages.bytes() < 10 * kMegabyte) return fmt::format("{} K", pages.bytes() >> 10);
  return fmt::format("{:.1f} M", static_cast<double>(pages.bytes()) / kMegabyte);
}

std::string line(const char* label, std::string value) { return fmt::format("  {:<22}{}\n", label, value); }

std::string heading(const char* text) { return fmt::format("{}\n", text); }

std::string commit_text(const mm::CommitStatistics& commit) {
  return heading("Commit charge") + line("total", size(commit.charge)) + line("limit", size(commit.limit)) +
         line("peak", size(commit.peak));
}

std::string physical_text(const mm::PhysicalStatistics& physical) {
  mm::PageCount standby{0};
  for (const mm::PageCount pages : physical.standby) standby += pages;
  return heading("Physical memory") + line("total", size(physical.total)) +
         line("available", fmt::format("{} (zeroed {}, free {}, standby {})", size(physical.available),
                                       size(physical.zeroed), size(physical.free), size(standby))) +
         line("modified", size(physical.modified)) + line("active", size(physical.active));
}

std::string kernel_text(const mm::KernelStatistics& kernel) {
  return heading("Kernel memory") + line("page tables", size(kernel.page_tables)) +
         line("pool", size(kernel.pool));
}

std::string pagefile_text(const mm::PagingFileStatistics& pagefile) {
  return heading("Paging file") +
         line("size", fmt::format("{}, grows to {}", size(pagefile.size), size(pagefile.maximum))) +
         line("in use", fmt::format("{}, peak {}", size(pagefile.used), size(pagefile.peak))) +
         line("read",
              fmt::format("{} pages in {} operations", pagefile.reads.value, pagefile.read_operations)) +
         line("written",
              fmt::format("{} pages in {} operations", pagefile.writes.value, pagefile.write_operations));
}

std::string faults_text(const mm::FaultStatistics& faults) {
  return line("page faults", fmt::format("{} (soft {}, hard {})", faults.total, faults.soft, faults.hard)) +
         line("by kind", fmt::format("demand-zero {}, transition {}, paging file {}", faults.demand_zero,
                                     faults.transition, faults.pagefile)) +
         line("raised", fmt::format("guard page {}, access violation {}, in-page error {}", faults.guard,
                                    faults.access_violation, faults.in_page_error));
}

std::string exit_text(const ProcessSummary& process) {
  if (!process.exit_code) return "stopped";
  return fmt::format("exit code {} (0x{:x})", static_cast<int32_t>(*process.exit_code), *process.exit_code);
}

std::string process_text(const ProcessSummary& process) {
  const auto& statistics = process.statistics;
  return fmt::format("Process {} {}: {}\n", process.id, process.name, exit_text(process)) +
         line("working set",
              fmt::format("{}, peak {}", size(statistics.working_set), size(statistics.working_set_peak))) +
         line("private bytes", fmt::format("{}, peak {}", size(statistics.private_commit),
                                           size(statistics.private_commit_peak))) +
         line("page tables", size(statistics.page_tables)) + faults_text(statistics.faults);
}

}  // namespace

std::string statistics_text(const RunStatistics& statistics) {
  const mm::MemoryStatistics& memory = statistics.memory;
  std::string text = heading("") + commit_text(memory.commit) + physical_text(memory.physical) +
                     kernel_text(memory.kernel) + pagefile_text(memory.pagefile);
  for (const ProcessSummary& process : statistics.processes) text += process_text(process);
  return text;
}

}  // namespace emu
