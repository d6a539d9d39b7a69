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
  // Says whether what follows the name without a blank is an argument, as in "~1s" and "$<file".
  enum class Glued : uint8_t { No, Yes } glued = Glued::No;
  // Says whether a semicolon ends the command, or the whole rest of the line belongs to it.
  enum class Takes : uint8_t { UpToSemicolon, Line } takes = Takes::UpToSemicolon;
};

// Returns every command, in the order in which help * lists them.
std::span<const Command> command_list();

// What help shows: each command is in one group.
struct CommandGroup {
  std::string_view title;
  std::string_view names;  // between blanks
};
std::span<const CommandGroup> command_groups();

// Finds the command that `line` begins with, and what is behind its name. The arguments of a command that may
// be glued keep the blanks before them, so that "bp3 1000" and "bp 3 1000" differ. None when there is no such
// command.
struct FoundCommand {
  const Command* command;
  std::string_view arguments;
};
std::optional<FoundCommand> find_command(std::string_view line);

}  // namespace emu::debugger
