#include "emulator/debugger/symbols/symbol.h"

#include <algorithm>

namespace emu::debugger {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Without the "@N" that says how many bytes of arguments a callee removes.
std::string_view without_argument_size(std::string_view name) {
  const size_t at = name.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == name.size()) return name;
  const std::string_view digits = name.substr(at + 1);
  return std::all_of(digits.begin(), digits.end(), is_digit) ? name.substr(0, at) : name;
}

}  // namespace

std::string_view undecorate(std::string_view name) {
  const std::string_view sized = without_argument_size(name);
  if (sized.size() > 1 && sized.front() == '_') return sized.substr(1);
  if (sized.size() > 1 && sized.front() == '@' && sized.size() != name.size()) return sized.substr(1);
  return sized;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

bool matches_wildcard(std::string_view name, std::string_view pattern) {
  size_t n = 0, p = 0;
  size_t star = std::string_view::npos, retry = 0;  // the last * and where its match would be made longer
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == lower(name[n]))) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace emu::debugger
