// The commands that people type: their names, what help says of them, and what they do.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "emulator/debugger/session/answer.h"

namespace emu::debugger {

class Session;

struct Command {
  std::string_view name;
  std::string_view usage;    // "bp ADDRESS [PASSES] [\"COMMANDS\"]"
  std::string_view summary;  // one sentence
  std::string_view example;  // a line that can be typed
  Answer (*run)(Session&, std::string_view arguments);
  // Whether what follows the name without a blank is an argument: "~1s", "$<file".
  enum class Glued : uint8_t { No, Yes } glued = Glued::No;
  // Whether a semicolon ends it; else the whole rest of the line is its own.
  enum class Takes : uint8_t { UpToSemicolon, Line } takes = Takes::UpToSemicolon;
};

// Every command, in the order in which help * lists them.
std::span<const Command> command_list();

// What help shows: each command is in one group.
struct CommandGroup {
  std::string_view title;
  std::string_view names;  // between blanks
};
std::span<const CommandGroup> command_groups();

// The command that `line` begins with, and what is behind its name: of one that may be glued with the blanks,
// so that "bp3 1000" and "bp 3 1000" are two. None: nobody knows it.
struct FoundCommand {
  const Command* command;
  std::string_view arguments;
};
std::optional<FoundCommand> find_command(std::string_view line);

}  // namespace emu::debugger
