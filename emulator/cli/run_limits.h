// What stops a run from outside of the guest: the host's time, and how much is written.
#pragma once

#include <optional>
#include <string>

#include "emulator/cli/output_limit.h"
#include "emulator/cli/run_command.h"
#include "emulator/cli/size_argument.h"
#include "emulator/cli/time_limit.h"

namespace emu {

// The time begins when it is made. The arguments were checked when they were read.
struct RunLimits {
  TimeLimit time;
  OutputLimit output;

  explicit RunLimits(const RunArguments& arguments)
      : time(arguments.timeout), output(most_output(arguments.max_output)) {}

  bool any() const { return time.is_set() || output.is_set(); }
  void watch(Machine& machine) {
    time.watch(machine);
    output.watch(machine);
  }
  // Which of them ended a run; empty: none did. A guest may have ended by itself when it had written too
  // much.
  std::string passed_by(Machine::RunEnd end) const {
    if (output.passed()) return output.text();
    return end == Machine::RunEnd::Quit && TimeLimit::passed() ? time.text() : "";
  }

 private:
  static std::optional<uint64_t> most_output(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return parse_bytes(text).value();
  }
};

}  // namespace emu
