// The words of WinDbg's MASM expressions. Source: Microsoft, "MASM Numbers and Operators".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace emu::debugger {

enum class TokenKind : uint8_t {
  End,
  Number,      // value
  BadNumber,   // begins as one
  Name,        // a symbol, a register without @, or a word such as poi
  Register,    // text without its @
  SourceLine,  // text between grave accents
  Sign,        // an operator or a parenthesis
  Unknown
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::string_view text;
  uint64_t value = 0;
  size_t begin = 0, end = 0;  // in the text that is read
};

// A number may have a grave accent before its lower 32 bits (12345678`9abcdef0), and 'A' is the number of its
// characters. A period that is no part of a name is the register $ip.
//
// Returns the token at or after `from`. Words are taken for numbers when all their letters are hexadecimal
// digits, as WinDbg does ("add" is 0xadd, "!add" the symbol).
Token next_token(std::string_view text, size_t from);

// Returns where the next character that is no space is.
size_t skip_spaces(std::string_view text, size_t from);

}  // namespace emu::debugger
