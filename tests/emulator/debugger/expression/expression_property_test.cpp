// Random expressions, against Dijkstra's shunting yard over 64-bit arithmetic.
#include <fmt/core.h>
#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/debugger/expression/expression.h"
#include "tests/emulator/debugger/expression/fixed_context.h"

namespace emu::debugger {
namespace {

const test::FixedContext kContext;

const std::map<std::string, int> kPrecedence{{"||", 1}, {"&&", 2}, {"|", 3}, {"^", 4},  {"&", 5},  {"==", 6},
                                             {"!=", 6}, {"<", 6},  {">", 6}, {"<=", 6}, {">=", 6}, {"<<", 7},
                                             {">>", 7}, {"+", 8},  {"-", 8}, {"*", 9},  {"/", 9},  {"%", 9}};

// None: division by zero.
using Value = std::optional<uint64_t>;

Value apply(const std::string& op, Value a, Value b) {
  if (op == "&&" && a && *a == 0) return 0;
  if (op == "||" && a && *a != 0) return 1;
  if (!a || !b) return std::nullopt;
  const uint64_t x = *a, y = *b;
  if (op == "||" || op == "&&") return y != 0;
  if (op == "|") return x | y;
  if (op == "^") return x ^ y;
  if (op == "&") return x & y;
  if (op == "==") return x == y;
  if (op == "!=") return x != y;
  if (op == "<") return x < y;
  if (op == ">") return x > y;
  if (op == "<=") return x <= y;
  if (op == ">=") return x >= y;
  if (op == "<<") return y > 63 ? Value(0) : Value(x << y);
  if (op == ">>") return y > 63 ? Value(0) : Value(x >> y);
  if (op == "+") return x + y;
  if (op == "-") return x - y;
  if (op == "*") return x * y;
  if (y == 0) return std::nullopt;
  return op == "/" ? x / y : x % y;
}

class ShuntingYard {
 public:
  void number(uint64_t value) { values_.push_back(value); }
  void open() { operators_.push_back("("); }
  void close() {
    while (operators_.back() != "(") reduce();
    operators_.pop_back();
  }
  void binary(const std::string& op) {
    while (!operators_.empty() && operators_.back() != "(" &&
           kPrecedence.at(operators_.back()) >= kPrecedence.at(op))
      reduce();
    operators_.push_back(op);
  }
  Value result() {
    while (!operators_.empty()) reduce();
    return values_.back();
  }

 private:
  void reduce() {
    const Value right = values_.back();
    values_.pop_back();
    values_.back() = apply(operators_.back(), values_.back(), right);
    operators_.pop_back();
  }

  std::vector<Value> values_;
  std::vector<std::string> operators_;
};

// Numbers that decide what the expression looks like; 0 when they are used up.
class Choices {
 public:
  explicit Choices(std::vector<uint32_t> numbers) : numbers_(std::move(numbers)) {}
  uint32_t any() { return at_ < numbers_.size() ? numbers_[at_++] : 0; }
  uint32_t below(uint32_t bound) { return any() % bound; }

 private:
  std::vector<uint32_t> numbers_;
  size_t at_ = 0;
};

std::string spelled(uint64_t value, Choices& choices) {
  switch (choices.below(4)) {
    case 0: return fmt::format("{:X}", value);
    case 1: return fmt::format("0n{}", value);
    case 2: return fmt::format("0x{:x}", value);
    default: return fmt::format("0y{:b}", value);
  }
}

// An operand with what unary operators make of it.
void operand(std::string& text, ShuntingYard& yard, Choices& choices) {
  uint64_t value = choices.below(2) == 0 ? choices.below(80) : choices.any();
  if (choices.below(3) == 2) value = value << 32 | choices.any();
  std::string word = spelled(value, choices);
  for (uint32_t i = choices.below(3); i > 0; --i) {
    const bool negate = choices.below(2) == 0;
    word.insert(0, negate ? "-" : "~");
    value = negate ? 0 - value : ~value;
  }
  text += word;
  yard.number(value);
}

// `count` operands with operators and parentheses.
std::string build(uint32_t count, ShuntingYard& yard, Choices& choices) {
  std::vector<std::string> operators;
  operators.reserve(kPrecedence.size());
  for (const auto& [op, precedence] : kPrecedence) operators.push_back(op);
  std::string text;
  uint32_t open = 0;
  const auto close = [&] {
    text += ")";
    yard.close();
    --open;
  };
  for (; count > 0; --count) {
    for (uint32_t more = choices.below(4) == 3 ? choices.below(3) : 0; more > 0; --more, ++open) {
      text += "(";
      yard.open();
    }
    operand(text, yard, choices);
    while (open > 0 && choices.below(3) == 2) close();
    if (count == 1) break;
    const std::string& op = operators[choices.below(static_cast<uint32_t>(operators.size()))];
    text += choices.below(2) == 0 ? op : fmt::format(" {} ", op);
    yard.binary(op);
  }
  while (open > 0) close();
  return text;
}

TEST_CASE("expressions evaluate as a shunting yard has it") {
  REQUIRE(rc::check([] {
    const auto numbers = *rc::gen::container<std::vector<uint32_t>>(
        120, rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<uint32_t>()));
    Choices choices(numbers);
    ShuntingYard yard;
    const std::string text = build(1 + choices.below(15), yard, choices);
    const Value expected = yard.result();
    const auto actual = evaluate(text, kContext);
    RC_LOG() << text;
    RC_ASSERT(actual.has_value() == expected.has_value());
    if (expected) RC_ASSERT(*actual == *expected);
  }));
}

TEST_CASE("no text does any harm") {
  REQUIRE(rc::check([] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("0123456789abfhnxy()+-*/%&|^~<>=!@$`._:? poiLbywmaind")));
    const auto value = evaluate(text, kContext);
    if (!value) RC_ASSERT(value.error().column <= text.size());
  }));
}

}  // namespace
}  // namespace emu::debugger
