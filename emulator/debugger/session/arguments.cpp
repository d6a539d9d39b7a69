#include "emulator/debugger/session/arguments.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace emu::debugger {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

[[noreturn]] void fail(const ExpressionError& error) { throw CommandError(error.text()); }

}  // namespace

std::optional<uint32_t> decimal_number(std::string_view digits) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<uint32_t> number_behind(std::string_view prefix, std::string_view name) {
  return name.starts_with(prefix) ? decimal_number(name.substr(prefix.size())) : std::nullopt;
}

Arguments::Arguments(std::string_view text, const ExpressionContext& context)
    : text_(text), context_(context) {
  skip_blanks();
}

void Arguments::skip_blanks() {
  text_.remove_prefix(std::min(text_.find_first_not_of(kBlanks), text_.size()));
  if (const size_t last = text_.find_last_not_of(kBlanks); last != std::string_view::npos)
    text_ = text_.substr(0, last + 1);
}

std::string Arguments::word() {
  std::string_view taken;
  if (!text_.empty() && text_.front() == '"') {
    const size_t end = text_.find('"', 1);
    if (end == std::string_view::npos) throw CommandError("a quotation mark is not closed");
    taken = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
  } else {
    const size_t end = std::min(text_.find_first_of(kBlanks), text_.size());
    taken = text_.substr(0, end);
    text_.remove_prefix(end);
  }
  skip_blanks();
  return std::string(taken);
}

bool Arguments::take(std::string_view word) {
  const bool there =
      text_.substr(0, word.size()) == word &&
      (text_.size() == word.size() || kBlanks.find(text_[word.size()]) != std::string_view::npos);
  if (!there) return false;
  text_.remove_prefix(word.size());
  skip_blanks();
  return true;
}

uint32_t Arguments::number(std::string_view what) {
  const uint64_t value = wide_number(what);
  const auto word = as_address(value);
  if (!word) throw CommandError(fmt::format("{} does not fit 32 bits", number_words(value)));
  return *word;
}

uint64_t Arguments::wide_number(std::string_view what) {
  if (text_.empty()) throw CommandError(fmt::format("{} is missing", what));
  size_t from = 0;
  const auto expression = Expression::parse_prefix(text_, from);
  if (!expression) fail(expression.error());
  const auto value = expression->evaluate(context_);
  if (!value) fail(value.error());
  text_.remove_prefix(from);
  skip_blanks();
  return *value;
}

std::string Arguments::expression(std::string_view what) {
  if (text_.empty()) throw CommandError(fmt::format("{} is missing", what));
  size_t from = 0;
  const auto expression = Expression::parse_prefix(text_, from);
  if (!expression) fail(expression.error());
  std::string taken(text_.substr(0, from));
  text_.remove_prefix(from);
  skip_blanks();
  return taken;
}

std::optional<uint32_t> Arguments::optional_number() {
  if (text_.empty()) return std::nullopt;
  return number("a number");
}

AddressRange Arguments::range(uint32_t element_size, std::optional<mm::VirtualAddress> usual) {
  size_t from = 0;
  const auto range = parse_range(text_, from, context_, element_size, usual);
  if (!range) fail(range.error());
  text_.remove_prefix(from);
  skip_blanks();
  return *range;
}

void Arguments::end() const {
  if (!empty()) throw CommandError(fmt::format("\"{}\" is not understood", text_));
}

}  // namespace emu::debugger
