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

// None when there is anything but digits.
std::optional<uint32_t> decimal_number(std::string_view digits);
// 3 of "st3", behind "st".
std::optional<uint32_t> number_behind(std::string_view prefix, std::string_view name);

class Arguments {
 public:
  Arguments(std::string_view text, const ExpressionContext& context);

  bool empty() const { return text_.empty(); }
  std::string_view rest() const { return text_; }

  // The next word, up to a blank; empty at the end. "In quotes" is one word, without them.
  std::string word();
  // The next word when it is this one.
  bool take(std::string_view word);
  // The longest expression that begins here. CommandError when there is none, or it does not fit 32 bits.
  uint32_t number(std::string_view what);
  uint64_t wide_number(std::string_view what);
  // That expression as it is written, parsed and not evaluated.
  std::string expression(std::string_view what);
  std::optional<uint32_t> optional_number();
  // Without an address: from `usual` on.
  AddressRange range(uint32_t element_size, std::optional<mm::VirtualAddress> usual = {});
  // CommandError when something is left.
  void end() const;

 private:
  void skip_blanks();

  std::string_view text_;
  const ExpressionContext& context_;
};

}  // namespace emu::debugger
