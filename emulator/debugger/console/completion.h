// What Tab completes: the command, and behind it what that command takes, as its usage names it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace emu::debugger {

class Session;

// Returns the words that `typed`, the end of the line before the cursor, may become; `before` is the line up
// to it.
std::vector<std::string> completions(const Session* session, std::string_view before, std::string_view typed);

}  // namespace emu::debugger
