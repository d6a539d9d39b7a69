// WinDbg's MASM expressions: parsed once, evaluated as often as wanted (breakpoint conditions). Source:
// Microsoft, "MASM Numbers and Operators". Beyond it: ~ complements the bits; && and || do not look at their
// right side when the left one decides ("@eax != 0 && poi(@eax) == 5" is safe).
//
// All values are 64 bits without sign and wrap around; shifts by 64 and more give 0. Numbers are not extended
// by their sign, as in WinDbg in user mode; the 32-bit registers are (Microsoft, "Sign Extension"). An
// address is what as_address() takes. By rising precedence:
//   ||   &&   | or   ^ xor   & and   = == != < > <= >=   << >> >>>   + -   * / % mod   and then unary
//   + - ~ not, low hi high (16 bits), by wo dwo qwo poi (1, 2, 4, 8, 4 bytes of memory).
// Numbers are hexadecimal; 0x 0n 0t 0y prefixes and an h suffix say otherwise; 1`00000000 and 'A' are
// numbers, too. A name is a register if there is one, else a symbol; @ says register, ! says symbol, and
// `file.c:12` or file.c:12 is a source line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/debugger/expression/expression_context.h"

namespace emu::debugger {

struct ExpressionError {
  std::string message;  // a clause: "there is no symbol named x"
  size_t column = 0;    // from 0, in the text that was parsed

  // "column 5: there is no symbol named x"; columns from 1.
  std::string text() const;
  bool operator==(const ExpressionError&) const = default;
};

template <class T>
using ExpressionResult = tl::expected<T, ExpressionError>;

class Expression {
 public:
  // clang-format off
  enum class Operator : uint8_t {
    Number, Register, Name, SourceLine,                             // operands
    Plus, Negate, Complement, Not, Low, High, Byte, Word, Dword, Qword,  // unary
    Multiply, Divide, Modulo, Add, Subtract,                        // binary
    ShiftLeft, ShiftRight, ShiftRightSigned,
    Equal, NotEqual, Less, Greater, LessEqual, GreaterEqual,
    And, Xor, Or, LogicalAnd, LogicalOr
  };
  // clang-format on

  // How many operators may lie inside each other.
  static constexpr uint32_t kDeepest = 256;

  // Parses all of `text`.
  static ExpressionResult<Expression> parse(std::string_view text);
  // Parses as much of `text`, from `from` on, as is an expression, and moves `from` behind it.
  static ExpressionResult<Expression> parse_prefix(std::string_view text, size_t& from);

  ExpressionResult<uint64_t> evaluate(const ExpressionContext& context) const;

 private:
  friend class ExpressionParser;

  Operator operator_ = Operator::Number;
  uint64_t value_ = 0;  // of a number
  std::string name_;    // of a register, a symbol, a line
  size_t column_ = 0;
  uint32_t depth_ = 1;
  std::vector<Expression> operands_;
};

// Returns the address that a value stands for: one of 32 bits, or of 32 bits that were extended by their
// sign; none for any other.
std::optional<uint32_t> as_address(uint64_t value);

// Writes a number as WinDbg does: with 8 digits where as_address() has a value, otherwise as
// 00000001`00000000.
std::string number_words(uint64_t value);

// Parses and evaluates all of `text`.
ExpressionResult<uint64_t> evaluate(std::string_view text, const ExpressionContext& context);

}  // namespace emu::debugger
