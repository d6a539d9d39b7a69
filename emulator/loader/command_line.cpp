#include "emulator/loader/command_line.h"

#include <algorithm>
#include <cstddef>

namespace emu {
namespace {

constexpr std::string_view kNeedsQuotes = " \t\n\v\"";

void append_program(std::string& line, std::string_view program) {
  std::string name(program);
  std::erase(name, '"');
  const bool quoted = name.empty() || name.find_first_of(kNeedsQuotes) != std::string::npos;
  line += quoted ? '"' + name + '"' : name;
}

// Inside quotes, backslashes are themselves unless a quote follows: then two stand for one.
void append_argument(std::string& line, std::string_view argument) {
  if (!argument.empty() && argument.find_first_of(kNeedsQuotes) == std::string_view::npos) {
    line += argument;
    return;
  }
  line += '"';
  size_t backslashes = 0;
  for (const char c : argument) {
    if (c == '"') line.append(backslashes + 1, '\\');
    line += c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
  line.append(backslashes, '\\');
  line += '"';
}

}  // namespace

std::string windows_command_line(std::string_view program, std::span<const std::string> arguments) {
  std::string line;
  append_program(line, program);
  for (const std::string& argument : arguments) {
    line += ' ';
    append_argument(line, argument);
  }
  return line;
}

}  // namespace emu
