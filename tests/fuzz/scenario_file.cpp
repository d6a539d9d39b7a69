// A fuzz target: a scenario file that says anything. It is a scenario or a complaint in one line.
#include "emulator/regression/scenario_file.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/cli/scenario_vocabulary.h"
#include "emulator/regression/scenario_bounds.h"
#include "mm/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.size() > emu::kLargestScenario) return -1;
  const emu::ScenarioVocabulary vocabulary;
  const auto scenario = emu::parse_scenario(text, "fuzzed.toml", vocabulary, emu::Trust::Confined);
  const bool complaint_in_a_line = scenario.has_value() || scenario.error().find_first_of(std::string_view(
                                                               "\n\0", 2)) == std::string::npos;
  MM_CHECK(complaint_in_a_line, "a complaint has more than a line");
  return 0;
}
