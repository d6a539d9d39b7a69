#include "emulator/debugger/gdb/protocol/hex.h"

#include <algorithm>

namespace emu::debugger::gdb {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void append_byte(std::string& text, unsigned value) {
  text += kDigits[value >> 4];
  text += kDigits[value & 0xf];
}

// Calls `sink` with the value of each byte.
template <class Sink>
bool decode(std::string_view digits, Sink sink) {
  if (digits.size() % 2 != 0) return false;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const auto high = hex_digit(digits[i]);
    const auto low = hex_digit(digits[i + 1]);
    if (!high || !low) return false;
    sink(static_cast<uint8_t>(*high << 4 | *low));
  }
  return true;
}

}  // namespace

std::optional<uint8_t> hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) append_byte(text, std::to_integer<unsigned>(byte));
  return text;
}

std::string to_hex(std::string_view text) { return to_hex(std::as_bytes(std::span(text))); }

std::optional<std::vector<std::byte>> bytes_from_hex(std::string_view digits) {
  std::vector<std::byte> bytes;
  bytes.reserve(digits.size() / 2);
  if (!decode(digits, [&](uint8_t value) { bytes.push_back(std::byte{value}); })) return std::nullopt;
  return bytes;
}

std::optional<std::string> text_from_hex(std::string_view digits) {
  std::string text;
  if (!decode(digits, [&](uint8_t value) { text += static_cast<char>(value); })) return std::nullopt;
  return text;
}

std::optional<uint32_t> number_from_hex(std::string_view digits) {
  Scanner scanner(digits);
  const auto value = scanner.number();
  return scanner.at_end() ? value : std::nullopt;
}

bool Scanner::skip(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  rest_.remove_prefix(text.size());
  return true;
}

std::string_view Scanner::until(char separator) {
  const size_t end = std::min(rest_.find(separator), rest_.size());
  const std::string_view before = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  return before;
}

std::optional<uint32_t> Scanner::number() {
  uint64_t value = 0;
  size_t digits = 0;
  for (; digits < rest_.size(); ++digits) {
    const auto digit = hex_digit(rest_[digits]);
    if (!digit) break;
    value = value << 4 | *digit;
    if (value > UINT32_MAX) return std::nullopt;
  }
  if (digits == 0) return std::nullopt;
  rest_.remove_prefix(digits);
  return static_cast<uint32_t>(value);
}

}  // namespace emu::debugger::gdb
