#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "emulator/debugger/expression/expression.h"
#include "emulator/debugger/expression/token.h"
#include "emulator/debugger/symbols/symbol.h"

namespace emu::debugger {
namespace {

using Operator = Expression::Operator;

struct BinaryWord {
  std::string_view text;
  Operator meaning;
  uint32_t precedence;  // higher binds tighter
};
constexpr std::array<BinaryWord, 26> kBinary{{{"||", Operator::LogicalOr, 1},
                                              {"&&", Operator::LogicalAnd, 2},
                                              {"|", Operator::Or, 3},
                                              {"or", Operator::Or, 3},
                                              {"^", Operator::Xor, 4},
                                              {"xor", Operator::Xor, 4},
                                              {"&", Operator::And, 5},
                                              {"and", Operator::And, 5},
                                              {"=", Operator::Equal, 6},
                                              {"==", Operator::Equal, 6},
                                              {"!=", Operator::NotEqual, 6},
                                              {"<", Operator::Less, 6},
                                              {">", Operator::Greater, 6},
                                              {"<=", Operator::LessEqual, 6},
                                              {">=", Operator::GreaterEqual, 6},
                                              {"<<", Operator::ShiftLeft, 7},
                                              {"shl", Operator::ShiftLeft, 7},
                                              {">>", Operator::ShiftRight, 7},
                                              {"shr", Operator::ShiftRight, 7},
                                              {">>>", Operator::ShiftRightSigned, 7},
                                              {"+", Operator::Add, 8},
                                              {"-", Operator::Subtract, 8},
                                              {"*", Operator::Multiply, 9},
                                              {"/", Operator::Divide, 9},
                                              {"%", Operator::Modulo, 9},
                                              {"mod", Operator::Modulo, 9}}};

struct UnaryWord {
  std::string_view text;
  Operator meaning;
};
constexpr std::array<UnaryWord, 12> kUnary{{{"+", Operator::Plus},
                                            {"-", Operator::Negate},
                                            {"~", Operator::Complement},
                                            {"not", Operator::Not},
                                            {"low", Operator::Low},
                                            {"hi", Operator::High},
                                            {"high", Operator::High},
                                            {"by", Operator::Byte},
                                            {"wo", Operator::Word},
                                            {"dwo", Operator::Dword},
                                            {"qwo", Operator::Qword},
                                            {"poi", Operator::Dword}}};

template <class Words>
auto find_word(const Words& words, const Token& token) -> decltype(&words.front()) {
  if (token.kind != TokenKind::Sign && token.kind != TokenKind::Name) return nullptr;
  const std::string text = lower_case(token.text);
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.text == text; });
  return found == words.end() ? nullptr : &*found;
}

}  // namespace

// Recursive descent; every level of recursion is a level of the expression, and those are counted.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, size_t from) : text_(text), at_(from) {}

  size_t position() const { return at_; }

  ExpressionResult<Expression> binary(uint32_t lowest, uint32_t depth) {
    auto left = unary(depth);
    while (left) {
      const Token token = peek();
      const BinaryWord* word = find_word(kBinary, token);
      if (word == nullptr || word->precedence < lowest) break;
      at_ = token.end;
      auto right = binary(word->precedence + 1, depth + 1);
      if (!right) return right;
      left = node(word->meaning, token, std::move(*left), std::move(*right));
    }
    return left;
  }

 private:
  Token peek() const { return next_token(text_, at_); }

  static tl::unexpected<ExpressionError> fail(const Token& token, std::string message) {
    return tl::unexpected(ExpressionError{std::move(message), token.begin});
  }

  ExpressionResult<Expression> unary(uint32_t depth) {
    const Token token = peek();
    if (depth > Expression::kDeepest) return too_deep(token);
    const UnaryWord* word = find_word(kUnary, token);
    if (word == nullptr) return primary(token, depth);
    at_ = token.end;
    auto operand = unary(depth + 1);
    if (!operand) return operand;
    return node(word->meaning, token, std::move(*operand));
  }

  ExpressionResult<Expression> primary(const Token& token, uint32_t depth) {
    at_ = token.end;
    switch (token.kind) {
      case TokenKind::Number: return leaf(Operator::Number, token);
      case TokenKind::Register: return leaf(Operator::Register, token);
      case TokenKind::Name: return leaf(Operator::Name, token);
      case TokenKind::SourceLine: return leaf(Operator::SourceLine, token);
      case TokenKind::Sign:
        if (token.text == "(") return parenthesized(token, depth);
        return fail(token, fmt::format("a value is missing before '{}'", token.text));
      case TokenKind::BadNumber:
        return fail(token, fmt::format("'{}' is not a number of 64 bits", token.text));
      case TokenKind::End: return fail(token, "a value is missing");
      case TokenKind::Unknown: break;
    }
    if (token.text.front() == '\'') return fail(token, "the closing ' is missing");
    if (token.text.front() == '`') return fail(token, "the closing ` is missing");
    return fail(token, fmt::format("'{}' means nothing here", token.text));
  }

  ExpressionResult<Expression> parenthesized(const Token& open, uint32_t depth) {
    auto inner = binary(0, depth + 1);
    if (!inner) return inner;
    const Token close = peek();
    if (close.text != ")") return fail(open, "the parenthesis is not closed");
    at_ = close.end;
    return inner;
  }

  static ExpressionResult<Expression> leaf(Operator meaning, const Token& token) {
    Expression expression;
    expression.operator_ = meaning;
    expression.value_ = token.value;
    expression.name_ = token.text;
    expression.column_ = token.begin;
    return expression;
  }

  template <class... Operands>
  static ExpressionResult<Expression> node(Operator meaning, const Token& token, Operands&&... operands) {
    Expression expression;
    expression.operator_ = meaning;
    expression.column_ = token.begin;
    expression.depth_ = 1 + std::max({operands.depth_...});
    if (expression.depth_ > Expression::kDeepest) return too_deep(token);
    (expression.operands_.push_back(std::forward<Operands>(operands)), ...);
    return expression;
  }

  static tl::unexpected<ExpressionError> too_deep(const Token& token) {
    return fail(token, fmt::format("more than {} operators lie inside each other", Expression::kDeepest));
  }

  std::string_view text_;
  size_t at_;
};

ExpressionResult<Expression> Expression::parse_prefix(std::string_view text, size_t& from) {
  ExpressionParser parser(text, from);
  auto expression = parser.binary(0, 0);
  if (expression) from = parser.position();
  return expression;
}

ExpressionResult<Expression> Expression::parse(std::string_view text) {
  size_t at = 0;
  auto expression = parse_prefix(text, at);
  if (!expression) return expression;
  const Token rest = next_token(text, at);
  if (rest.kind != TokenKind::End)
    return tl::unexpected(
        ExpressionError{fmt::format("an operator is missing before '{}'", rest.text), rest.begin});
  return expression;
}

}  // namespace emu::debugger
