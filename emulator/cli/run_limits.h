// What stops a run from outside of the guest: the host's time, and how much is written.
#pragma once

#include <optional>
#include <string>

#include "emulator/cli/output_limit.h"
#include "emulator/cli/run_command.h"
#include "emulator/cli/size_argument.h"
#include "emulator/cli/time_limit.h"
#include "emulator/kernel/run_end.h"

namespace emu {

// The time begins to run when this object is made. The arguments were checked when they were read.
struct RunLimits {
  TimeLimit time;
  OutputLimit output;

  explicit RunLimits(const RunArguments& arguments)
      : time(arguments.timeout), output(most_output(arguments.max_output)) {}

  bool any() const { return time.is_set() || output.is_set(); }
  void watch(Board& board) {
    time.watch(board);
    output.watch(board);
  }
  // Says which limit ended a run; empty when none did. A guest that wrote too much may have ended by itself
  // before it was stopped.
  std::string passed_by(RunEnd end) const {
    if (output.passed()) return output.text();
    return end == RunEnd::Quit && TimeLimit::passed() ? time.text() : "";
  }

 private:
  static std::optional<uint64_t> most_output(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return parse_bytes(text).value();
  }
};

}  // namespace emu
