// Which fields dt is to show: "next", "where.x", "where.", "co*", "cells[2]".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace emu::debugger {

struct FieldPath {
  struct Part {
    std::string pattern;  // * and ? as in matches_wildcard
    std::optional<uint32_t> element;
  };
  std::vector<Part> parts;  // at least one
  uint32_t opened = 0;      // how many levels of the last part's fields are shown, too: the dots behind it
};

// Returns the path that `text` writes; none when it writes none.
std::optional<FieldPath> parse_field_path(std::string_view text);

// Returns `path` without its first part.
FieldPath behind_first(const FieldPath& path);

}  // namespace emu::debugger
