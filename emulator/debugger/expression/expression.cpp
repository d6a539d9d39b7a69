#include "emulator/debugger/expression/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "emulator/debugger/expression/register_name.h"

namespace emu::debugger {
namespace {

using Operator = Expression::Operator;
using Value = ExpressionResult<uint32_t>;

tl::unexpected<ExpressionError> fail(std::string message, size_t column) {
  return tl::unexpected(ExpressionError{std::move(message), column});
}

template <class T>
Value load(const ExpressionContext& context, uint32_t address, size_t column) {
  const auto value = context.memory().load<T>(mm::VirtualAddress{address});
  if (!value) return fail(fmt::format("memory at {:08x} cannot be read", address), column);
  return uint32_t{*value};
}

Value register_value(const ExpressionContext& context, const std::string& name, size_t column) {
  const auto value = read_register(context, name);
  if (!value) return fail(fmt::format("there is no register named {}", name), column);
  return *value;
}

Value symbol_value(const ExpressionContext& context, const std::string& name, size_t column) {
  const auto address = context.resolve_symbol(name);
  if (!address) return fail(address.error(), column);
  return *address;
}

Value name_value(const ExpressionContext& context, const std::string& name, size_t column) {
  if (const auto value = read_register(context, name)) return *value;
  return symbol_value(context, name, column);
}

Value unary(Operator meaning, uint32_t value, const ExpressionContext& context, size_t column) {
  switch (meaning) {
    case Operator::Negate: return 0u - value;
    case Operator::Complement: return ~value;
    case Operator::Not: return value == 0;
    case Operator::Low: return value & 0xFFFF;
    case Operator::High: return value >> 16;
    case Operator::Byte: return load<uint8_t>(context, value, column);
    case Operator::Word: return load<uint16_t>(context, value, column);
    case Operator::Dword: return load<uint32_t>(context, value, column);
    default: return value;
  }
}

uint32_t shift_right_signed(uint32_t value, uint32_t by) {
  return static_cast<uint32_t>(static_cast<int32_t>(value) >> std::min(by, 31u));
}

Value binary(Operator meaning, uint32_t left, uint32_t right, size_t column) {
  const bool divides = meaning == Operator::Divide || meaning == Operator::Modulo;
  if (divides && right == 0) return fail("division by zero", column);
  switch (meaning) {
    case Operator::Multiply: return left * right;
    case Operator::Divide: return left / right;
    case Operator::Modulo: return left % right;
    case Operator::Add: return left + right;
    case Operator::Subtract: return left - right;
    case Operator::ShiftLeft: return right < 32 ? left << right : 0;
    case Operator::ShiftRight: return right < 32 ? left >> right : 0;
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
bool decides(Operator meaning, uint32_t left) {
  return (meaning == Operator::LogicalAnd && left == 0) || (meaning == Operator::LogicalOr && left != 0);
}

}  // namespace

std::string ExpressionError::text() const { return fmt::format("column {}: {}", column + 1, message); }

ExpressionResult<uint32_t> Expression::evaluate(const ExpressionContext& context) const {
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

ExpressionResult<uint32_t> evaluate(std::string_view text, const ExpressionContext& context) {
  const auto expression = Expression::parse(text);
  if (!expression) return tl::unexpected(expression.error());
  return expression->evaluate(context);
}

}  // namespace emu::debugger
