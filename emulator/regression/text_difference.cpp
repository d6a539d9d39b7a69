#include "emulator/regression/text_difference.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <dtl/dtl.hpp>
#include <sstream>
#include <utility>
#include <vector>

namespace emu {
namespace {

using Lines = std::vector<std::string>;

constexpr size_t kContext = 3;
constexpr size_t kMostLines = 400;  // of each text; the diff takes time with their product

std::string printable(std::string_view line) {
  std::string text;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
    text += (byte < 0x20 && c != '\t') || byte == 0x7F ? std::string(escaped) : std::string(1, c);
  }
  return text;
}

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(printable(text.substr(0, end)));
    if (end == std::string_view::npos) {
      lines.emplace_back("\\ No line feed at the end");
      break;
    }
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Lines that both begin with, less the context that the diff shows of them.
size_t common_beginning(const Lines& a, const Lines& b) {
  const auto [end, ignored] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto common = static_cast<size_t>(end - a.begin());
  return common - std::min(common, kContext);
}

// Drops `skip` lines and what lies past the limit. True if the end was dropped.
bool cut(Lines& lines, size_t skip) {
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(skip));
  if (lines.size() <= kMostLines) return false;
  lines.resize(kMostLines);
  return true;
}

std::string hunks_text(Lines expected, Lines actual) {
  const size_t skip = common_beginning(expected, actual);
  const bool expected_is_cut = cut(expected, skip);
  const bool is_cut = cut(actual, skip) || expected_is_cut;
  dtl::Diff<std::string> diff(expected, actual);
  diff.compose();
  diff.composeUnifiedHunks();
  auto hunks = diff.getUniHunks();
  for (auto& hunk : hunks) {
    hunk.a += static_cast<long long>(skip);
    hunk.c += static_cast<long long>(skip);
  }
  std::ostringstream text;
  dtl::Diff<std::string>::printUnifiedFormat(hunks, text);
  if (is_cut) text << "(what follows was not compared)\n";
  return text.str();
}

}  // namespace

std::string unified_difference(std::string_view expected, std::string_view actual,
                               std::string_view expected_label, std::string_view actual_label) {
  if (expected == actual) return {};
  std::string text = "--- " + std::string(expected_label) + "\n+++ " + std::string(actual_label) + "\n";
  return text + hunks_text(split(expected), split(actual));
}

}  // namespace emu
