#include "emulator/cli/json_console.h"

#include <string_view>

#include "emulator/debugger/text/json_text.h"
#include "emulator/kernel/files/console.h"

namespace emu {

std::string json_line(Console::Stream stream, std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto* key = stream == Console::Stream::Output ? "output" : "error_output";
  return debugger::json_line(debugger::json_of_bytes(key, text));
}

mm::NtStatus JsonConsole::write(Stream stream, std::span<const std::byte> bytes) {
  if (bytes.empty()) return mm::NtStatus::Success;
  const std::string line = json_line(stream, bytes);
  return PatientConsole::write(Stream::Output, std::as_bytes(std::span(line)));
}

}  // namespace emu
