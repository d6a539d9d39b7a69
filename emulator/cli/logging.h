// Where log lines go, and which. Off unless asked for. A line has no time of the host in it: the same run
// logs the same.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace emu {

// `level`: trace, debug, info, warning, error, critical or off. `file`: empty for standard error. Else a
// sentence for the user.
tl::expected<void, std::string> start_logging(const std::string& level, const std::string& file);

// Whether all that was logged has been written; to be asked at the end.
bool is_log_written();

}  // namespace emu
