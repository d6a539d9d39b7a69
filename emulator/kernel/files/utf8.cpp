#include "emulator/kernel/files/utf8.h"

#include <cstdint>

namespace emu {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_high(char16_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(char16_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

void append(std::string& text, char32_t point) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | point >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xF0 | point >> 18);
    tail(12), tail(6), tail(0);
  }
}

}  // namespace

std::string to_utf8(std::u16string_view text) {
  std::string utf8;
  for (size_t i = 0; i < text.size(); ++i) {
    const char16_t unit = text[i];
    const bool pair = is_high(unit) && i + 1 < text.size() && is_low(text[i + 1]);
    if (pair) {
      append(utf8, 0x10000 + ((char32_t{unit} - 0xD800) << 10) + (char32_t{text[++i]} - 0xDC00));
    } else {
      append(utf8, is_high(unit) || is_low(unit) ? kReplacement : char32_t{unit});
    }
  }
  return utf8;
}

}  // namespace emu
