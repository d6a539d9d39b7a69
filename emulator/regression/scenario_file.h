// Reads a scenario from its TOML file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/regression/run_vocabulary.h"
#include "emulator/regression/scenario.h"

namespace emu {

// The scenario, or one line "FILE:LINE: what is wrong": a syntax error, an unknown key, a value that can
// never do, a missing key, a text past the bounds (scenario_bounds.h).
tl::expected<Scenario, std::string> read_scenario(const std::filesystem::path& file,
                                                  const RunVocabulary& vocabulary, Trust trust);

// The same from the file's text, of which there are no more than kLargestScenario bytes.
tl::expected<Scenario, std::string> parse_scenario(std::string_view text, const std::filesystem::path& file,
                                                   const RunVocabulary& vocabulary, Trust trust);

// The scenario files that `paths` name: files as they are, folders with every *.toml below them, in the order
// of their names. Or one line about a path that does not exist or a folder without any.
tl::expected<std::vector<std::filesystem::path>, std::string> find_scenarios(
    const std::vector<std::filesystem::path>& paths);

}  // namespace emu
