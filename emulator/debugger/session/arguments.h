// A command's arguments, taken from the left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/debugger/expression/address_range.h"
#include "emulator/debugger/expression/expression_context.h"
#include "emulator/debugger/session/answer.h"

namespace emu::debugger {

// Returns the number; none when `digits` has anything but digits.
std::optional<uint32_t> decimal_number(std::string_view digits);
// Returns the number that stands behind `prefix` in `name`: 3 in "st3" behind "st".
std::optional<uint32_t> number_behind(std::string_view prefix, std::string_view name);

class Arguments {
 public:
  Arguments(std::string_view text, const ExpressionContext& context);

  bool empty() const { return text_.empty(); }
  std::string_view rest() const { return text_; }

  // Takes the next word, which ends at a blank; empty at the end. "In quotes" is one word, without the
  // quotes.
  std::string word();
  // Takes the next word if it is `word`, and tells whether it was.
  bool take(std::string_view word);
  // Takes the longest expression that begins here and returns its value. Throws CommandError when there is
  // none, or when number() is asked and the value does not fit 32 bits; `what` names it in the message.
  uint32_t number(std::string_view what);
  uint64_t wide_number(std::string_view what);
  // Takes such an expression and returns it as it is written, parsed and not evaluated.
  std::string expression(std::string_view what);
  std::optional<uint32_t> optional_number();
  // Takes a range; without an address it begins at `usual`.
  AddressRange range(uint32_t element_size, std::optional<mm::VirtualAddress> usual = {});
  // Throws CommandError when something is left.
  void end() const;

 private:
  void skip_blanks();

  std::string_view text_;
  const ExpressionContext& context_;
};

}  // namespace emu::debugger
