// The names of one image, by name and by address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/debugger/symbols/symbol.h"

namespace emu::debugger {

class SymbolIndex {
 public:
  SymbolIndex() = default;
  explicit SymbolIndex(std::vector<Symbol> symbols);

  // Returns the names by address; at one address the best comes first: a function's before data's, public
  // before local ones.
  std::span<const Symbol> symbols() const { return symbols_; }

  // Returns the best of the last names at or below `address`; null when there is none.
  const Symbol* at_or_below(uint32_t address) const;

  // Returns where the next name above `address` lies; 0 when there is none.
  uint32_t next_above(uint32_t address) const;

  // Finds a name with or without its decoration, in any case; in the order of symbols().
  std::vector<const Symbol*> find(std::string_view name) const;

 private:
  std::vector<Symbol> symbols_;
  std::unordered_multimap<std::string, size_t> by_name_;  // in lower case
};

}  // namespace emu::debugger
