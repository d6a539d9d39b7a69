#include "emulator/debugger/expression/code_places.h"

#include <fmt/core.h>

#include "emulator/debugger/expression/expression.h"
#include "emulator/debugger/expression/token.h"

namespace emu::debugger {
namespace {

using Failure = tl::unexpected<std::string>;

// The name that is all of the expression; "" when it is none.
std::string_view sole_name(std::string_view text) {
  const Token name = next_token(text, 0);
  const bool alone = next_token(text, name.end).kind == TokenKind::End;
  return name.kind == TokenKind::Name && alone ? name.text : std::string_view();
}

}  // namespace

tl::expected<CodePlaces, std::string> code_places(std::string_view text, const ExpressionContext& context,
                                                  const SymbolTable& symbols) {
  const auto value = evaluate(text, context);
  if (value && !as_address(*value))
    return Failure(fmt::format("{} does not fit 32 bits", number_words(*value)));
  const std::string_view name = sole_name(text);
  const auto inlined = name.empty() ? std::nullopt : symbols.inlined(name);
  if (!value && !inlined) return Failure(value.error().text());
  CodePlaces places;
  if (value)
    places.addresses.push_back(*as_address(*value));
  else
    places.first = CodePlaces::First::Inlined;
  if (inlined)
    for (const mm::VirtualAddress address : *inlined)
      if (!value || address.value != places.addresses.front()) places.addresses.push_back(address.value);
  if (places.addresses.empty())
    return Failure(
        fmt::format("{} is a function that is only inlined, and no code of it is left anywhere", name));
  return places;
}

}  // namespace emu::debugger
