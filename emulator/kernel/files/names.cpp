#include "emulator/kernel/files/names.h"

#include <algorithm>

namespace emu {
namespace {

constexpr bool in(char16_t unit, char16_t first, char16_t last) { return unit >= first && unit <= last; }

// Alphabets whose capital comes just before its small letter.
constexpr bool small_of_even_pair(char16_t u) {
  return (u & 1) != 0 && ((in(u, 0x100, 0x137) && u != 0x131) || in(u, 0x14A, 0x177) || in(u, 0x460, 0x481) ||
                          in(u, 0x48A, 0x4BF) || in(u, 0x4D0, 0x52F));
}
constexpr bool small_of_odd_pair(char16_t u) {
  return (u & 1) == 0 && (in(u, 0x139, 0x148) || in(u, 0x179, 0x17E) || in(u, 0x4C1, 0x4CE));
}

constexpr char16_t moved(char16_t unit, int by) { return static_cast<char16_t>(unit + by); }

constexpr char16_t upcase_greek(char16_t unit) {
  if (unit == 0x3AC) return 0x386;
  if (in(unit, 0x3AD, 0x3AF)) return moved(unit, -0x25);
  if (unit == 0x3C2) return 0x3A3;  // the sigma that ends a word
  if (in(unit, 0x3B1, 0x3CB)) return moved(unit, -0x20);
  if (unit == 0x3CC) return 0x38C;
  if (in(unit, 0x3CD, 0x3CE)) return moved(unit, -0x3F);
  return unit;
}

constexpr char16_t upcase_one(char16_t unit) {
  if (unit < 0x80) return in(unit, 'a', 'z') ? moved(unit, -0x20) : unit;
  if (in(unit, 0xE0, 0xFE) && unit != 0xF7) return moved(unit, -0x20);
  if (unit == 0xFF) return 0x178;
  if (small_of_even_pair(unit) || small_of_odd_pair(unit)) return moved(unit, -1);
  if (in(unit, 0x370, 0x3FF)) return upcase_greek(unit);
  if (in(unit, 0x430, 0x44F)) return moved(unit, -0x20);
  if (in(unit, 0x450, 0x45F)) return moved(unit, -0x50);
  return unit;
}
static_assert(upcase_one(u'z') == u'Z' && upcase_one(u'\u00e9') == u'\u00c9' && upcase_one(0xF7) == 0xF7);
static_assert(upcase_one(u'\u0151') == u'\u0150' && upcase_one(u'\u017c') == u'\u017b');
static_assert(upcase_one(u'\u03ce') == u'\u038f' && upcase_one(u'\u0436') == u'\u0416');

constexpr bool high_surrogate(char16_t unit) { return in(unit, 0xD800, 0xDBFF); }
constexpr bool low_surrogate(char16_t unit) { return in(unit, 0xDC00, 0xDFFF); }

constexpr bool forbidden(char16_t unit) {
  return unit < 0x20 || std::u16string_view(u"<>:\"/\\|?*").find(unit) != std::u16string_view::npos;
}

bool well_formed(std::u16string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (low_surrogate(text[i])) return false;
    if (!high_surrogate(text[i])) continue;
    if (++i == text.size() || !low_surrogate(text[i])) return false;
  }
  return true;
}

struct Decoded {
  char32_t character;
  size_t length;  // 0: not well formed
};

// One character of UTF-8 (RFC 3629): no overlong form, no surrogate, nothing past U+10FFFF.
Decoded decode(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t length = first >= 0xF0 ? 4 : (first >= 0xE0 ? 3 : 2);
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return {0, 0};
  char32_t character = first & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {0, 0};
    character = character << 6 | (byte(i) & 0x3Fu);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  return {character, character < kLeast[length] || character > 0x10FFFF || surrogate ? 0 : length};
}

void append_utf16(std::u16string& to, char32_t character) {
  if (character < 0x10000) {
    to.push_back(static_cast<char16_t>(character));
  } else {
    to.push_back(static_cast<char16_t>(0xD7C0 + (character >> 10)));
    to.push_back(static_cast<char16_t>(0xDC00 + (character & 0x3FF)));
  }
}

void append_utf8(std::string& to, char32_t c) {
  const auto tail = [&](int shift) { to.push_back(static_cast<char>(0x80 | (c >> shift & 0x3F))); };
  if (c < 0x80) {
    to.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    to.push_back(static_cast<char>(0xC0 | c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    to.push_back(static_cast<char>(0xE0 | c >> 12));
    tail(6), tail(0);
  } else {
    to.push_back(static_cast<char>(0xF0 | c >> 18));
    tail(12), tail(6), tail(0);
  }
}

}  // namespace

char16_t upcase(char16_t unit) { return upcase_one(unit); }

std::u16string upcase(std::u16string_view text) {
  std::u16string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), upcase_one);
  return upper;
}

bool equal_but_for_case(std::u16string_view a, std::u16string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char16_t x, char16_t y) {
           return upcase_one(x) == upcase_one(y);
         });
}

bool listed_before(std::u16string_view a, std::u16string_view b) {
  const std::u16string upper_a = upcase(a), upper_b = upcase(b);
  return upper_a != upper_b ? upper_a < upper_b : a < b;
}

bool valid_name(std::u16string_view name) {
  return !name.empty() && name != u"." && name != u".." && name.size() <= kLongestName &&
         std::none_of(name.begin(), name.end(), forbidden) && well_formed(name);
}

std::optional<std::u16string> to_guest(std::string_view utf8) {
  std::u16string text;
  while (!utf8.empty()) {
    const auto [character, length] = decode(utf8);
    if (length == 0) return std::nullopt;
    append_utf16(text, character);
    utf8.remove_prefix(length);
  }
  return text;
}

std::optional<std::string> to_host(std::u16string_view utf16) {
  if (!well_formed(utf16)) return std::nullopt;
  std::string text;
  for (size_t i = 0; i < utf16.size(); ++i) {
    char32_t character = utf16[i];
    if (high_surrogate(utf16[i])) character = ((character - 0xD7C0) << 10) + (utf16[++i] - 0xDC00u);
    append_utf8(text, character);
  }
  return text;
}

}  // namespace emu
