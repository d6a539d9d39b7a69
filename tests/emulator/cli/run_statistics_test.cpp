#include "emulator/cli/run_statistics.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

namespace emu {
namespace {

using Json = nlohmann::ordered_json;

// Every counter different, so that a mixed-up key shows.
RunStatistics numbered() {
  RunStatistics statistics;
  mm::MemoryStatistics& memory = statistics.memory;
  memory.faults = {.demand_zero = 1,
                   .transition = 2,
                   .pagefile = 3,
                   .prototype = 4,
                   .copy_on_write = 5,
                   .guard = 6,
                   .access_violation = 7,
                   .in_page_error = 8,
                   .soft = 9,
                   .hard = 10,
                   .total = 11};
  memory.commit = {.charge = {12}, .limit = {13}, .peak = {14}};
  memory.physical.total = {15};
  memory.physical.available = {16};
  memory.physical.zeroed = {17};
  memory.physical.free = {18};
  memory.physical.modified = {19};
  memory.physical.modified_no_write = {20};
  memory.physical.bad = {21};
  memory.physical.active = {22};
  memory.physical.transition = {23};
  for (uint32_t i = 0; i < 8; ++i) memory.physical.standby[i] = {100 + i};
  memory.kernel = {.page_tables = {24}, .pool = {25}};
  memory.pagefile = {.size = {26},
                     .maximum = {27},
                     .used = {28},
                     .peak = {29},
                     .reads = {30},
                     .writes = {31},
                     .read_operations = 32,
                     .write_operations = 33};
  ProcessSummary& process = statistics.processes.emplace_back();
  process.name = "a \"b\".exe";
  process.id = 4;
  process.exit_code = 0xC0000005;
  process.statistics.working_set = {34};
  process.statistics.working_set_peak = {35};
  process.statistics.private_commit = {36};
  process.statistics.private_commit_peak = {37};
  process.statistics.page_tables = {38};
  process.statistics.faults.total = 39;
  return statistics;
}

TEST_CASE("the JSON keys and their order are stable") {
  // Scripts depend on this: a change here is a change of the interface.
  constexpr const char* kExpected =
      R"({"memory":{"faults":{"total":11,"soft":9,"hard":10,"demand_zero":1,"transition":2,"pagefile":3,)"
      R"("prototype":4,"copy_on_write":5,"guard":6,"access_violation":7,"in_page_error":8},)"
      R"("commit":{"charge_pages":12,"limit_pages":13,"peak_pages":14},)"
      R"("physical":{"total_pages":15,"available_pages":16,"zeroed_pages":17,"free_pages":18,"standby_pages":828,)"
      R"("standby_by_priority_pages":[100,101,102,103,104,105,106,107],"modified_pages":19,)"
      R"("modified_no_write_pages":20,"bad_pages":21,"active_pages":22,"transition_pages":23},)"
      R"("kernel":{"page_tables_pages":24,"pool_pages":25},)"
      R"("pagefile":{"size_pages":26,"maximum_pages":27,"used_pages":28,"peak_pages":29,"reads_pages":30,)"
      R"("writes_pages":31,"read_operations":32,"write_operations":33}},)"
      R"("processes":[{"name":"a \"b\".exe","id":4,"exit_code":3221225477,"working_set_pages":34,)"
      R"("working_set_peak_pages":35,"private_pages":36,"private_peak_pages":37,"page_tables_pages":38,)"
      R"("faults":{"total":39,"soft":0,"hard":0,"demand_zero":0,"transition":0,"pagefile":0,"prototype":0,)"
      R"("copy_on_write":0,"guard":0,"access_violation":0,"in_page_error":0}}]})"
      "\n";
  CHECK(statistics_json(numbered()) == kExpected);
}

TEST_CASE("a process that was stopped has no exit code, and any name makes valid JSON") {
  RunStatistics statistics = numbered();
  statistics.processes[0].exit_code.reset();
  statistics.processes[0].name = "\xFF\x01";
  const Json parsed = Json::parse(statistics_json(statistics));
  CHECK(parsed["processes"][0]["exit_code"].is_null());
}

TEST_CASE("the text shows what Task Manager shows") {
  using Catch::Matchers::ContainsSubstring;
  const std::string text = statistics_text(numbered());
  CHECK_THAT(text, ContainsSubstring("Commit charge\n  total                 48 K\n"));
  CHECK_THAT(text, ContainsSubstring("available             64 K (zeroed 68 K, free 72 K, standby 3312 K)"));
  CHECK_THAT(text, ContainsSubstring("read                  30 pages in 32 operations"));
  CHECK_THAT(text, ContainsSubstring("exit code -1073741819 (0xc0000005)"));
  CHECK_THAT(text, ContainsSubstring("39 (soft 0, hard 0)"));
}

}  // namespace
}  // namespace emu
