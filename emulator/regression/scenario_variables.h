// ${guest}, ${scenario} and ${scratch}: what they stand for in a scenario's texts.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace emu {

class ScenarioVariables {
 public:
  // Takes the folders that they stand for, in the order above.
  ScenarioVariables(std::string guest, std::string scenario, std::string scratch);

  // Returns `text` with each of them replaced; what one is replaced by is not looked at again.
  std::string expand(std::string_view text) const;

 private:
  std::array<std::string, 3> values_;
};

// Returns the first ${name} in `text` that is none of them.
std::optional<std::string> unknown_variable(std::string_view text);

}  // namespace emu
