#include "emulator/debugger/symbols/symbol_index.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace emu::debugger {
namespace {

// Smaller is better, among names of one address.
auto rank(const Symbol& symbol) {
  const bool own = !symbol.name.starts_with('_');  // others belong to the compiler's library
  return std::tuple(symbol.address, symbol.kind != SymbolKind::Function, symbol.source != SymbolSource::Coff,
                    symbol.scope, !own, std::string_view(symbol.name));
}

}  // namespace

SymbolIndex::SymbolIndex(std::vector<Symbol> symbols) : symbols_(std::move(symbols)) {
  std::stable_sort(symbols_.begin(), symbols_.end(),
                   [](const Symbol& a, const Symbol& b) { return rank(a) < rank(b); });
  const auto same = [](const Symbol& a, const Symbol& b) {
    return a.address == b.address && a.name == b.name;
  };
  symbols_.erase(std::unique(symbols_.begin(), symbols_.end(), same), symbols_.end());
  for (size_t i = 0; i < symbols_.size(); ++i) {
    const Symbol& symbol = symbols_[i];
    const std::string name = lower_case(symbol.name), decorated = lower_case(symbol.decorated);
    by_name_.emplace(name, i);
    if (decorated == name) continue;
    if (!symbol.signature.empty()) by_name_.emplace(lower_case(symbol.signature), i);
    by_name_.emplace(decorated, i);
    // "Sleep@4" is how the compiler's user writes "_Sleep@4".
    if (decorated.front() == '_' && decorated.substr(1) != name) by_name_.emplace(decorated.substr(1), i);
  }
}

const Symbol* SymbolIndex::at_or_below(uint32_t address) const {
  const auto above = std::upper_bound(symbols_.begin(), symbols_.end(), address,
                                      [](uint32_t a, const Symbol& s) { return a < s.address; });
  if (above == symbols_.begin()) return nullptr;
  const auto first = std::lower_bound(symbols_.begin(), above, std::prev(above)->address,
                                      [](const Symbol& s, uint32_t a) { return s.address < a; });
  return &*first;
}

uint32_t SymbolIndex::next_above(uint32_t address) const {
  const auto above = std::upper_bound(symbols_.begin(), symbols_.end(), address,
                                      [](uint32_t a, const Symbol& s) { return a < s.address; });
  return above == symbols_.end() ? 0 : above->address;
}

std::vector<const Symbol*> SymbolIndex::find(std::string_view name) const {
  std::vector<size_t> found;
  const auto [begin, end] = by_name_.equal_range(lower_case(name));
  for (auto i = begin; i != end; ++i) found.push_back(i->second);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<const Symbol*> symbols;
  symbols.reserve(found.size());
  for (const size_t i : found) symbols.push_back(&symbols_[i]);
  return symbols;
}

}  // namespace emu::debugger
