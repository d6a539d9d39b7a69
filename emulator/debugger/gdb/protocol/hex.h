// Bytes and numbers as the protocol writes them: two hexadecimal digits a byte, in the order of memory;
// numbers with the most significant digit first and no prefix (GDB manual, appendix E "Remote Protocol").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace emu::debugger::gdb {

std::string to_hex(std::span<const std::byte> bytes);
std::string to_hex(std::string_view text);

// Nothing when a digit is none, or one is left over.
std::optional<std::vector<std::byte>> bytes_from_hex(std::string_view digits);
std::optional<std::string> text_from_hex(std::string_view digits);

// The value of one digit.
std::optional<uint8_t> hex_digit(char digit);

// Nothing when there is no digit, something else than digits, or more than 32 bits.
std::optional<uint32_t> number_from_hex(std::string_view digits);

// Splits a packet's arguments from the left.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  // Whether `text` came next; it is then behind us.
  bool skip(std::string_view text);
  // The text before the next `separator`, which is then behind us, or all that is left.
  std::string_view until(char separator);
  // A number of at least one digit, up to what is no digit.
  std::optional<uint32_t> number();

 private:
  std::string_view rest_;
};

}  // namespace emu::debugger::gdb
