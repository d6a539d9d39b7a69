// What a scenario's text may ask of the parser: it descends by recursion, so that a short text could exhaust
// its stack (a dotted key makes a table for each of its parts).
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/regression/scenario_table.h"

namespace emu {

inline constexpr uint64_t kLargestScenario = uint64_t{1} << 20;  // bytes
inline constexpr int kMostKeyParts = 16;                         // of a dotted key
inline constexpr int kDeepestNesting = 16;                       // of arrays and inline tables

// Throws ScenarioError when a key or a value of the TOML text passes the bounds. Whether it is TOML is the
// parser's affair; what this lets through is within the bounds up to the place where the parser refuses it.
void refuse_what_is_too_deep(std::string_view text);

}  // namespace emu
