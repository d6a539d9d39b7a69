#include "emulator/debugger/expression/address_range.h"

#include <fmt/core.h>

#include <algorithm>

#include "emulator/debugger/expression/token.h"

namespace emu::debugger {
namespace {

constexpr uint64_t kAddressSpace = uint64_t{1} << 32;

struct Length {
  size_t at = 0;  // where the count begins
  bool before = false;
  bool unlimited = false;
};

// Whether what comes at `at` is "L" with a count, and not the first letter of a name.
bool is_length(std::string_view text, size_t at) {
  if (at >= text.size() || (text[at] != 'L' && text[at] != 'l')) return false;
  const Token whole = next_token(text, at);
  if (whole.end == at + 1) return true;  // "L 8", "L?8", "L(8)", "L-8"
  const TokenKind rest = next_token(text, at + 1).kind;
  return rest == TokenKind::Number || rest == TokenKind::BadNumber;
}

// Where an address might stand as well: a small l begins a name ("lab") unless a digit follows.
bool is_bare_length(std::string_view text, size_t at) {
  if (!is_length(text, at)) return false;
  return text[at] == 'L' || (at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '9');
}

Length length_at(std::string_view text, size_t at) {
  Length length{skip_spaces(text, at + 1)};
  const auto take = [&](char c) {
    if (length.at >= text.size() || text[length.at] != c) return false;
    length.at = skip_spaces(text, length.at + 1);
    return true;
  };
  length.unlimited = take('?');
  length.before = take('-');
  return length;
}

ExpressionResult<uint64_t> value_at(std::string_view text, size_t& from, const ExpressionContext& context) {
  const auto expression = Expression::parse_prefix(text, from);
  if (!expression) return tl::unexpected(expression.error());
  return expression->evaluate(context);
}

ExpressionResult<uint32_t> address_at(std::string_view text, size_t& from, const ExpressionContext& context) {
  const size_t begin = skip_spaces(text, from);
  const auto value = value_at(text, from, context);
  if (!value) return tl::unexpected(value.error());
  const auto address = as_address(*value);
  if (!address)
    return tl::unexpected(
        ExpressionError{fmt::format("{} is no address of 32 bits", number_words(*value)), begin});
  return *address;
}

ExpressionResult<AddressRange> with_count(AddressRange range, const Length& length, std::string_view text,
                                          size_t& from, const ExpressionContext& context,
                                          uint32_t element_size) {
  from = length.at;
  const auto count = value_at(text, from, context);
  if (!count) return tl::unexpected(count.error());
  if (*count > kAddressSpace)
    return tl::unexpected(ExpressionError{"the range is larger than the address space", length.at});
  const uint64_t bytes = *count * element_size;
  if (*count == 0) return tl::unexpected(ExpressionError{"a range of nothing", length.at});
  if (bytes > kLargestPlainRange && !length.unlimited)
    return tl::unexpected(
        ExpressionError{"the range is larger than 256 MB; say L? if that is meant", length.at});
  range.extent = AddressRange::Extent::Count;
  range.count = static_cast<uint32_t>(std::min(*count, kAddressSpace - 1));
  if (length.before) {
    if (bytes > range.begin.value)
      return tl::unexpected(ExpressionError{"the range would begin below address 0", length.at});
    range.begin.value -= static_cast<uint32_t>(bytes);
  }
  return range;
}

}  // namespace

uint64_t AddressRange::elements(uint32_t element_size, uint64_t usual) const {
  const uint64_t room = (kAddressSpace - begin.value) / element_size;
  switch (extent) {
    case Extent::Unsaid: return std::min(usual, room);
    case Extent::Count: return std::min(uint64_t{count}, room);
    case Extent::Last: break;
  }
  const uint64_t bytes = uint64_t{last.value} - begin.value + 1;
  return std::min((bytes + element_size - 1) / element_size, room);
}

ExpressionResult<AddressRange> parse_range(std::string_view text, size_t& from,
                                           const ExpressionContext& context, uint32_t element_size,
                                           std::optional<mm::VirtualAddress> usual) {
  const size_t first = skip_spaces(text, from);
  if (usual && is_bare_length(text, first)) {
    AddressRange range;
    range.begin = *usual;
    return with_count(range, length_at(text, first), text, from, context, element_size);
  }
  const auto begin = address_at(text, from, context);
  if (!begin) return tl::unexpected(begin.error());
  AddressRange range;
  range.begin.value = *begin;
  const size_t next = skip_spaces(text, from);
  if (is_length(text, next))
    return with_count(range, length_at(text, next), text, from, context, element_size);
  if (next == text.size()) return range;
  from = next;
  const auto last = address_at(text, from, context);
  if (!last) return tl::unexpected(last.error());
  if (*last < *begin) return tl::unexpected(ExpressionError{"the range ends before it begins", next});
  if (uint64_t{*last} - *begin >= kLargestPlainRange)
    return tl::unexpected(ExpressionError{"the range is larger than 256 MB; say L? if that is meant", next});
  range.extent = AddressRange::Extent::Last;
  range.last.value = *last;
  return range;
}

}  // namespace emu::debugger
