// The console of a guest whose debugger writes JSON: what the guest writes becomes objects as well, one a
// line.
#pragma once

#include <span>
#include <string>

#include "emulator/cli/patient_console.h"

namespace emu {

// What is written to `stream` as a line of JSON: {"output": TEXT} or {"error_output": TEXT}
// (debugger::json_of_bytes), with a line feed.
std::string json_line(Console::Stream stream, std::span<const std::byte> bytes);

// Both streams go to standard output, in the order in which they are written.
class JsonConsole final : public PatientConsole {
 public:
  using PatientConsole::PatientConsole;
  mm::NtStatus write(Stream stream, std::span<const std::byte> bytes) override;
};

}  // namespace emu
