#include "emulator/debugger/types/field_path.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace emu::debugger {
namespace {

constexpr size_t kMostParts = 32;

bool is_name_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '*' || c == '?';
}

// "name" or "name[2]".
std::optional<FieldPath::Part> parse_part(std::string_view text) {
  FieldPath::Part part;
  const size_t bracket = text.find('[');
  part.pattern = text.substr(0, bracket);
  if (part.pattern.empty() || !std::all_of(part.pattern.begin(), part.pattern.end(), is_name_part))
    return std::nullopt;
  if (bracket == std::string_view::npos) return part;
  const std::string_view digits = text.substr(bracket + 1);
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || std::string_view(end, digits.data() + digits.size()) != "]")
    return std::nullopt;
  part.element = number;
  return part;
}

}  // namespace

std::optional<FieldPath> parse_field_path(std::string_view text) {
  FieldPath path;
  while (!text.empty() && path.parts.size() < kMostParts) {
    const size_t dot = std::min(text.find('.'), text.size());
    if (dot == 0) {
      if (path.parts.empty() || text.find_first_not_of('.') != std::string_view::npos) return std::nullopt;
      path.opened = static_cast<uint32_t>(std::min(text.size(), kMostParts));
      path.parts.back().pattern += '*';  // a name with a dot behind it is the beginning of one
      return path;
    }
    auto part = parse_part(text.substr(0, dot));
    if (!part) return std::nullopt;
    path.parts.push_back(std::move(*part));
    text.remove_prefix(dot);
    if (text.size() > 1 && text[1] != '.') text.remove_prefix(1);
  }
  return path.parts.empty() || !text.empty() ? std::nullopt : std::optional(path);
}

FieldPath behind_first(const FieldPath& path) {
  return {{path.parts.begin() + 1, path.parts.end()}, path.opened};
}

}  // namespace emu::debugger
