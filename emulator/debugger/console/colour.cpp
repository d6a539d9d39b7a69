#include "emulator/debugger/console/colour.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace emu::debugger {
namespace {

// Select Graphic Rendition (ECMA-48, 8.3.117).
std::string_view begin_of(Colour colour) {
  switch (colour) {
    case Colour::None: return "";
    case Colour::Halt: return "\x1b[1;33m";     // bold yellow
    case Colour::Problem: return "\x1b[1;31m";  // bold red
  }
  return "";
}
constexpr std::string_view kEnd = "\x1b[0m";

}  // namespace

bool output_has_colour() {
  const char* const never = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return isatty(STDOUT_FILENO) != 0 && !dumb && (never == nullptr || *never == '\0');
}

std::string coloured(const std::string& text, Colour colour) {
  if (colour == Colour::None) return text;
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) result.append(begin_of(colour)).append(text, at, end - at).append(kEnd);
    if (end < text.size()) result += '\n';
    at = end + 1;
  }
  return result;
}

}  // namespace emu::debugger
