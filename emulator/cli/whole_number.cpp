#include "emulator/cli/whole_number.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace emu {

std::string whole_number_problem(const std::string& text, uint64_t least, uint64_t most) {
  const bool digits =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return fmt::format("'{}' is no whole number", text);
  uint64_t value = 0;
  const bool fits = std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
  if (fits && value < least) return fmt::format("'{}' is too small: {} is the least", text, least);
  if (!fits || value > most) return fmt::format("'{}' is too large: {} is the most", text, most);
  return "";
}

}  // namespace emu
