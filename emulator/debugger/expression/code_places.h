// Where a breakpoint at code halts: what its place means as an expression, and, when that is the name of a
// function, everywhere where the function was inlined.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/debugger/expression/expression_context.h"
#include "emulator/debugger/symbols/symbol_table.h"

namespace emu::debugger {

struct CodePlaces {
  enum class First : uint8_t { Named, Inlined };

  First first = First::Named;       // Inlined: the function has no code of its own
  std::vector<uint32_t> addresses;  // one at least, each once; those where it was inlined last, by address
};

// Finds the places that `text` means. `symbols` are those that `context` resolves names by. The error is a
// sentence.
tl::expected<CodePlaces, std::string> code_places(std::string_view text, const ExpressionContext& context,
                                                  const SymbolTable& symbols);

}  // namespace emu::debugger
