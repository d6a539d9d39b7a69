#include "emulator/cli/json_console.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace emu {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& object) { return object.dump(-1, ' ', false, Json::error_handler_t::replace); }

bool is_utf8(const std::string& text) {
  return Json::parse(dumped(text)).get_ref<const std::string&>() == text;
}

std::string hexadecimal(std::span<const std::byte> bytes) {
  std::string digits;
  for (const std::byte byte : bytes) digits += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return digits;
}

}  // namespace

std::string json_line(Console::Stream stream, std::span<const std::byte> bytes) {
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Json object{{stream == Console::Stream::Output ? "output" : "error_output", text}};
  if (!is_utf8(text)) object["bytes"] = hexadecimal(bytes);
  return dumped(object) + "\n";
}

mm::NtStatus JsonConsole::write(Stream stream, std::span<const std::byte> bytes) {
  if (bytes.empty()) return mm::NtStatus::Success;
  const std::string line = json_line(stream, bytes);
  return PatientConsole::write(Stream::Output, std::as_bytes(std::span(line)));
}

}  // namespace emu
