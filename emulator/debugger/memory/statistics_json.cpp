#include "emulator/debugger/memory/statistics_json.h"

namespace emu::debugger {

Json physical_json(const mm::PhysicalStatistics& physical) {
  Json by_priority = Json::array();
  mm::PageCount standby{0};
  for (const mm::PageCount pages : physical.standby) {
    by_priority.push_back(pages.value);
    standby += pages;
  }
  return {{"total_pages", physical.total.value},
          {"available_pages", physical.available.value},
          {"zeroed_pages", physical.zeroed.value},
          {"free_pages", physical.free.value},
          {"standby_pages", standby.value},
          {"standby_by_priority_pages", by_priority},
          {"modified_pages", physical.modified.value},
          {"modified_no_write_pages", physical.modified_no_write.value},
          {"bad_pages", physical.bad.value},
          {"active_pages", physical.active.value},
          {"transition_pages", physical.transition.value}};
}

Json commit_json(const mm::CommitStatistics& commit) {
  return {{"charge_pages", commit.charge.value},
          {"limit_pages", commit.limit.value},
          {"peak_pages", commit.peak.value}};
}

Json paging_file_json(const mm::PagingFileStatistics& file, MovedPages moved) {
  Json json{{"size_pages", file.size.value},
            {"maximum_pages", file.maximum.value},
            {"used_pages", file.used.value},
            {"peak_pages", file.peak.value}};
  if (moved == MovedPages::Counted) {
    json["reads_pages"] = file.reads.value;
    json["writes_pages"] = file.writes.value;
  }
  json["read_operations"] = file.read_operations;
  json["write_operations"] = file.write_operations;
  return json;
}

}  // namespace emu::debugger
