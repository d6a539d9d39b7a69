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

// Reads bytes; nothing when a character is no digit, or a digit is left over.
std::optional<std::vector<std::byte>> bytes_from_hex(std::string_view digits);
std::optional<std::string> text_from_hex(std::string_view digits);

// Returns the value of one digit.
std::optional<uint8_t> hex_digit(char digit);

// Reads a number; nothing when there is no digit, something else than digits, or more than 32 bits.
std::optional<uint32_t> number_from_hex(std::string_view digits);

// Splits a packet's arguments from the left.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  // Skips `text` if it comes next, and tells whether it did.
  bool skip(std::string_view text);
  // Takes the text before the next `separator`, and the separator; all that is left when there is none.
  std::string_view until(char separator);
  // Takes a number of at least one digit, up to what is no digit.
  std::optional<uint32_t> number();

 private:
  std::string_view rest_;
};

}  // namespace emu::debugger::gdb
