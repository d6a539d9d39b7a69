#include "emulator/loader/utf16.h"

#include <cstddef>
#include <cstdint>

namespace emu {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
  char32_t character;
  size_t bytes;
};

constexpr Decoded kBad{kReplacement, 1};

size_t length_of(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

// The character at the begin of `text`, which is not empty (RFC 3629: no surrogates, no overlong forms).
Decoded decode(std::string_view text) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<uint8_t>(text[0]);
  const size_t length = length_of(lead);
  if (length == 1) return {lead, 1};
  if (length == 0 || text.size() < length) return kBad;
  char32_t character = lead & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xC0) != 0x80) return kBad;
    character = character << 6 | (byte & 0x3F);
  }
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  if (character < kSmallest[length] || character > 0x10FFFF || surrogate) return kBad;
  return {character, length};
}

}  // namespace

std::u16string to_utf16(std::string_view text) {
  std::u16string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = decode(text);
    text.remove_prefix(next.bytes);
    if (next.character < 0x10000) {
      result.push_back(static_cast<char16_t>(next.character));
      continue;
    }
    const char32_t above = next.character - 0x10000;
    result.push_back(static_cast<char16_t>(0xD800 + (above >> 10)));
    result.push_back(static_cast<char16_t>(0xDC00 + (above & 0x3FF)));
  }
  return result;
}

}  // namespace emu
