#include "emulator/debugger/expression/token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace emu::debugger {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }
bool is_word(char c) { return is_letter(c) || is_digit(c); }

char at(std::string_view text, size_t index) { return index < text.size() ? text[index] : '\0'; }

// The end of a name that begins at `from`: letters and digits, with "!" and "." and "@" and ":" and "::"
// between them ("hello!main", "main.c:12", "Sleep@4", "std::sort", "ns::Class::~Class").
size_t end_of_name(std::string_view text, size_t from) {
  size_t i = from;
  while (i < text.size()) {
    const char next = at(text, i + 1);
    if (is_word(text[i])) {
      ++i;
    } else if (((text[i] == '!' || text[i] == '.' || text[i] == '@') && is_word(next)) ||
               (text[i] == ':' && is_digit(next))) {
      i += 2;
    } else if (text[i] == ':' && next == ':' && (is_word(at(text, i + 2)) || at(text, i + 2) == '~')) {
      i += 3;
    } else {
      break;
    }
  }
  return i;
}

std::optional<uint64_t> parse_digits(std::string_view digits, int base) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<int> base_of_prefix(std::string_view word) {
  if (word.size() < 2 || word[0] != '0') return std::nullopt;
  switch (word[1]) {
    case 'x':
    case 'X': return 16;
    case 'n':
    case 'N': return 10;
    case 't':
    case 'T': return 8;
    case 'y':
    case 'Y': return 2;
    default: return std::nullopt;
  }
}

std::optional<uint64_t> parse_plain_number(std::string_view word) {
  if (const auto base = base_of_prefix(word))
    return word.size() == 2 ? 0 : parse_digits(word.substr(2), *base);  // a lone prefix is 0
  const bool suffixed = word.size() > 1 && (word.back() == 'h' || word.back() == 'H');
  return parse_digits(suffixed ? word.substr(0, word.size() - 1) : word, 16);
}

// With the lower 32 bits behind a grave accent.
std::optional<uint64_t> parse_number(std::string_view word) {
  const size_t accent = word.find('`');
  if (accent == std::string_view::npos) return parse_plain_number(word);
  const auto high = parse_plain_number(word.substr(0, accent));
  const auto low = parse_digits(word.substr(accent + 1), 16);
  constexpr uint64_t kMost = 0xFFFFFFFF;
  if (!high || !low || *high > kMost || *low > kMost) return std::nullopt;
  return *high << 32 | *low;
}

bool looks_like_number(std::string_view word) {
  const bool plain = std::all_of(word.begin(), word.end(), is_word);
  return plain && (is_digit(word.front()) || std::all_of(word.begin(), word.end(), is_hex));
}

Token word_token(std::string_view text, size_t begin, size_t end) {
  Token token{TokenKind::Name, text.substr(begin, end - begin), 0, begin, end};
  if (!looks_like_number(token.text)) return token;
  if (at(text, end) == '`' && is_hex(at(text, end + 1))) {
    for (++end; is_word(at(text, end));) ++end;
    token.text = text.substr(begin, end - begin);
    token.end = end;
  }
  const auto value = parse_number(token.text);
  token.kind = value ? TokenKind::Number : TokenKind::BadNumber;
  token.value = value.value_or(0);
  return token;
}

// 'A': the number that the characters make, the first one highest.
Token character_token(std::string_view text, size_t begin) {
  const size_t close = text.find('\'', begin + 1);
  if (close == std::string_view::npos) return {TokenKind::Unknown, text.substr(begin), 0, begin, text.size()};
  Token token{TokenKind::Number, text.substr(begin, close + 1 - begin), 0, begin, close + 1};
  const std::string_view characters = text.substr(begin + 1, close - begin - 1);
  if (characters.empty() || characters.size() > sizeof token.value) token.kind = TokenKind::BadNumber;
  for (const char c : characters) token.value = token.value << 8 | static_cast<uint8_t>(c);
  return token;
}

Token source_line_token(std::string_view text, size_t begin) {
  const size_t close = text.find('`', begin + 1);
  if (close == std::string_view::npos) return {TokenKind::Unknown, text.substr(begin), 0, begin, text.size()};
  return {TokenKind::SourceLine, text.substr(begin + 1, close - begin - 1), 0, begin, close + 1};
}

// @!"any characters": a name, as WinDbg's MASM evaluator takes it.
Token quoted_name_token(std::string_view text, size_t begin) {
  const size_t open = begin + 3, close = text.find('"', open);
  if (close == std::string_view::npos) return {TokenKind::Unknown, text.substr(begin), 0, begin, text.size()};
  return {TokenKind::Name, text.substr(open, close - open), 0, begin, close + 1};
}

Token sign_token(std::string_view text, size_t begin) {
  constexpr std::array<std::string_view, 22> kSigns{">>>", "<<", ">>", "==", "!=", "<=", ">=", "&&",
                                                    "||",  "+",  "-",  "*",  "/",  "%",  "&",  "|",
                                                    "^",   "~",  "<",  ">",  "=",  "("};
  const std::string_view rest = text.substr(begin);
  for (const std::string_view sign : kSigns)
    if (rest.starts_with(sign))
      return {TokenKind::Sign, rest.substr(0, sign.size()), 0, begin, begin + sign.size()};
  const TokenKind kind = rest.front() == ')' ? TokenKind::Sign : TokenKind::Unknown;
  return {kind, rest.substr(0, 1), 0, begin, begin + 1};
}

}  // namespace

size_t skip_spaces(std::string_view text, size_t from) {
  while (from < text.size() && is_space(text[from])) ++from;
  return std::min(from, text.size());
}

Token next_token(std::string_view text, size_t from) {
  const size_t begin = skip_spaces(text, from);
  if (begin == text.size()) return {TokenKind::End, {}, 0, begin, begin};
  const char first = text[begin], second = at(text, begin + 1);
  if (first == '@' && is_word(second)) {
    size_t end = begin + 1;
    while (is_word(at(text, end))) ++end;
    return {TokenKind::Register, text.substr(begin + 1, end - begin - 1), 0, begin, end};
  }
  if (text.substr(begin).starts_with("@!\"")) return quoted_name_token(text, begin);
  if (first == '!' && is_letter(second)) {
    const size_t end = end_of_name(text, begin + 1);
    return {TokenKind::Name, text.substr(begin, end - begin), 0, begin, end};
  }
  if (is_word(first)) return word_token(text, begin, end_of_name(text, begin));
  if (first == '\'') return character_token(text, begin);
  if (first == '.' && !is_word(second) && second != '.')
    return {TokenKind::Register, "$ip", 0, begin, begin + 1};
  return first == '`' ? source_line_token(text, begin) : sign_token(text, begin);
}

}  // namespace emu::debugger
