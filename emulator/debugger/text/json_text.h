// Bytes of the guest's in JSON, whose texts are UTF-8.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace emu::debugger {

// Returns one line, with its line feed. What is no UTF-8 becomes U+FFFD.
std::string json_line(const nlohmann::ordered_json& object);

// Returns {KEY: TEXT}, for json_line to show. Where the bytes are no UTF-8 a second key, "bytes", has all of
// them as hexadecimal digits.
nlohmann::ordered_json json_of_bytes(std::string_view key, std::string_view bytes);

}  // namespace emu::debugger
