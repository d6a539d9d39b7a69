#include "emulator/debugger/text/json_text.h"

#include <fmt/core.h>

namespace emu::debugger {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

bool is_utf8(std::string_view text) {
  return Json::parse(dumped(text)).get_ref<const std::string&>() == text;
}

std::string hexadecimal(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return digits;
}

}  // namespace

std::string json_line(const Json& object) { return dumped(object) + "\n"; }

Json json_of_bytes(std::string_view key, std::string_view bytes) {
  Json object;
  object[std::string(key)] = bytes;
  if (!is_utf8(bytes)) object["bytes"] = hexadecimal(bytes);
  return object;
}

}  // namespace emu::debugger
