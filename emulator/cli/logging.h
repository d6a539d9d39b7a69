// Where log lines go, and which. Off unless asked for. A line has no time of the host in it: the same run
// logs the same.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace emu {

// `level` is trace, debug, info, warning, error, critical or off; an empty `file` means standard error. A
// failure is a sentence for the user.
tl::expected<void, std::string> start_logging(const std::string& level, const std::string& file);

// Tells whether all that was logged has been written; to be asked at the end.
bool is_log_written();

}  // namespace emu
