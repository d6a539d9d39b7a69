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

// Returns the scenario, or one line "FILE:LINE: what is wrong": a syntax error, an unknown key, a value that
// is never right, a missing key, or a text past the bounds (scenario_bounds.h).
tl::expected<Scenario, std::string> read_scenario(const std::filesystem::path& file,
                                                  const RunVocabulary& vocabulary, Trust trust);

// Does the same with the file's text, which has at most kLargestScenario bytes.
tl::expected<Scenario, std::string> parse_scenario(std::string_view text, const std::filesystem::path& file,
                                                   const RunVocabulary& vocabulary, Trust trust);

// Returns the scenario files that `paths` name: files as they are, and for folders every *.toml below them,
// in the order of their names. A failure is one line about a path that does not exist or a folder without
// any.
tl::expected<std::vector<std::filesystem::path>, std::string> find_scenarios(
    const std::vector<std::filesystem::path>& paths);

}  // namespace emu
