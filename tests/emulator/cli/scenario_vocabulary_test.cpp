#include "emulator/cli/scenario_vocabulary.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace emu {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("options of scenarios are judged as those of the command") {
  const ScenarioVocabulary vocabulary;
  CHECK(vocabulary.option_problem("ram", "16M").empty());
  CHECK(vocabulary.option_problem("pagefile", "16M:1G").empty());
  CHECK(vocabulary.option_problem("verify", "").empty());
  CHECK(vocabulary.option_problem("verify", "full").empty());
  CHECK(vocabulary.option_problem("root", "${scratch}/root").empty());
  CHECK(vocabulary.option_problem("log-level", "trace").empty());
  CHECK(vocabulary.option_problem("aslr", "18446744073709551615").empty());
  CHECK_THAT(vocabulary.option_problem("ram", "zzz"), ContainsSubstring("--ram: 'zzz' is no size"));
  CHECK_THAT(vocabulary.option_problem("ram", ""), ContainsSubstring("--ram"));
  CHECK_THAT(vocabulary.option_problem("clock", "cuckoo"), ContainsSubstring("cuckoo"));
  CHECK_THAT(vocabulary.option_problem("verify", "yes"), ContainsSubstring("yes"));
  CHECK_THAT(vocabulary.option_problem("max-processes", "0"), ContainsSubstring("--max-processes"));
  CHECK_THAT(vocabulary.option_problem("aslr", "-1"), ContainsSubstring("--aslr"));
}

TEST_CASE("the counters of scenarios are the numbers of the statistics") {
  const ScenarioVocabulary vocabulary;
  for (const char* path :
       {"memory.faults.hard", "memory.commit.peak_pages", "memory.physical.standby_by_priority_pages[7]",
        "processes[0].exit_code", "processes[123].faults.guard"}) {
    CAPTURE(path);
    CHECK(vocabulary.has_counter(path));
  }
  for (const char* path :
       {"", "memory", "memory.nope", "memory.faults", "memory.faults.hard.x", "memory.faults[0]",
        "memory/faults/hard", "processes[0]", "processes[0].name", "processes.id", "processes[01].id",
        "processes[-1].id", "processes[0].processes[0].id", "memory.physical.standby_by_priority_pages[8]"}) {
    CAPTURE(path);
    CHECK_FALSE(vocabulary.has_counter(path));
  }
}

}  // namespace
}  // namespace emu
