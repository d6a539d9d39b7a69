#include "emulator/debugger/expression/expression.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "emulator/debugger/expression/register_name.h"

namespace emu::debugger {
namespace {

using Operator = Expression::Operator;
using Value = ExpressionResult<uint64_t>;

tl::unexpected<ExpressionError> fail(std::string message, size_t column) {
  return tl::unexpected(ExpressionError{std::move(message), column});
}

template <class T>
Value load(const ExpressionContext& context, uint64_t from, size_t column) {
  const auto address = as_address(from);
  if (!address) return fail(fmt::format("{} is no address of 32 bits", number_words(from)), column);
  const auto value = context.memory().load<T>(mm::VirtualAddress{*address});
  if (!value) return fail(fmt::format("memory at {:08x} cannot be read", *address), column);
  return uint64_t{*value};
}

Value register_value(const ExpressionContext& context, const std::string& name, size_t column) {
  const auto value = read_register(context, name);
  if (!value) return fail(fmt::format("there is no register named {}", name), column);
  return *value;
}

Value symbol_value(const ExpressionContext& context, const std::string& name, size_t column) {
  const auto address = context.resolve_symbol(name);
  if (!address) return fail(address.error(), column);
  return uint64_t{*address};
}

Value name_value(const ExpressionContext& context, const std::string& name, size_t column) {
  if (const auto value = read_register(context, name)) return *value;
  return symbol_value(context, name, column);
}

Value unary(Operator meaning, uint64_t value, const ExpressionContext& context, size_t column) {
  switch (meaning) {
    case Operator::Negate: return uint64_t{0} - value;
    case Operator::Complement: return ~value;
    case Operator::Not: return value == 0;
    case Operator::Low: return value & 0xFFFF;
    case Operator::High: return value >> 16 & 0xFFFF;
    case Operator::Byte: return load<uint8_t>(context, value, column);
    case Operator::Word: return load<uint16_t>(context, value, column);
    case Operator::Dword: return load<uint32_t>(context, value, column);
    case Operator::Qword: return load<uint64_t>(context, value, column);
    default: return value;
  }
}

constexpr uint64_t kBits = 64;

uint64_t shift_right_signed(uint64_t value, uint64_t by) {
  return static_cast<uint64_t>(static_cast<int64_t>(value) >> std::min(by, kBits - 1));
}

Value binary(Operator meaning, uint64_t left, uint64_t right, size_t column) {
  const bool divides = meaning == Operator::Divide || meaning == Operator::Modulo;
  if (divides && right == 0) return fail("division by zero", column);
  switch (meaning) {
    case Operator::Multiply: return left * right;
    case Operator::Divide: return left / right;
    case Operator::Modulo: return left % right;
    case Operator::Add: return left + right;
    case Operator::Subtract: return left - right;
    case Operator::ShiftLeft: return right < kBits ? left << right : 0;
    case Operator::ShiftRight: return right < kBits ? left >> right : 0;
    case Operator::ShiftRightSigned: return shift_right_signed(left, right);
    case Operator::Equal: return left == right;
    case Operator::NotEqual: return left != right;
    case Operator::Less: return left < right;
    case Operator::Greater: return left > right;
    case Operator::LessEqual: return left <= right;
    case Operator::GreaterEqual: return left >= right;
    case Operator::And: return left & right;
    case Operator::Xor: return left ^ right;
    case Operator::Or: return left | right;
    case Operator::LogicalAnd: return left != 0 && right != 0;
    case Operator::LogicalOr: return left != 0 || right != 0;
    default: return left;
  }
}

// Whether the left side alone says what comes out.
bool decides(Operator meaning, uint64_t left) {
  return (meaning == Operator::LogicalAnd && left == 0) || (meaning == Operator::LogicalOr && left != 0);
}

}  // namespace

std::string ExpressionError::text() const { return fmt::format("column {}: {}", column + 1, message); }

std::optional<uint32_t> as_address(uint64_t value) {
  const auto low = static_cast<uint32_t>(value);
  const bool extended = value == static_cast<uint64_t>(int64_t{static_cast<int32_t>(low)});
  if (value != low && !extended) return std::nullopt;
  return low;
}

std::string number_words(uint64_t value) {
  if (const auto word = as_address(value)) return fmt::format("{:08x}", *word);
  return fmt::format("{:08x}`{:08x}", value >> 32, value & 0xFFFFFFFF);
}

ExpressionResult<uint64_t> Expression::evaluate(const ExpressionContext& context) const {
  switch (operator_) {
    case Operator::Number: return value_;
    case Operator::Register: return register_value(context, name_, column_);
    case Operator::Name: return name_value(context, name_, column_);
    case Operator::SourceLine: return symbol_value(context, name_, column_);
    default: break;
  }
  auto left = operands_.front().evaluate(context);
  if (!left) return left;
  if (operands_.size() == 1) return unary(operator_, *left, context, column_);
  if (decides(operator_, *left)) return *left != 0;
  auto right = operands_.back().evaluate(context);
  if (!right) return right;
  return binary(operator_, *left, *right, column_);
}

ExpressionResult<uint64_t> evaluate(std::string_view text, const ExpressionContext& context) {
  const auto expression = Expression::parse(text);
  if (!expression) return tl::unexpected(expression.error());
  return expression->evaluate(context);
}

}  // namespace emu::debugger
