#include "emulator/debugger/symbols/debug_types.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "emulator/debugger/symbols/symbol.h"

namespace emu::debugger {
namespace {

constexpr uint32_t kLongestChain = 64;  // of typedefs of typedefs, and arrays of arrays

const DebugType kVoid{};

// "struct point" -> "point".
std::string_view without_tag(std::string_view name) {
  for (const std::string_view tag : {"struct ", "class ", "union ", "enum "})
    if (name.starts_with(tag)) return name.substr(tag.size());
  return name;
}

}  // namespace

DebugTypes::DebugTypes(std::vector<DebugType> types) : types_(std::move(types)) {
  std::stable_sort(types_.begin(), types_.end(),
                   [](const DebugType& a, const DebugType& b) { return a.id < b.id; });
  for (size_t i = 0; i < types_.size(); ++i)
    if (!types_[i].name.empty()) by_name_.push_back(i);
  // A typedef is often named as what it stands for.
  const auto order = [this](size_t index) {
    const DebugType& type = types_[index];
    return std::tuple<std::string_view, bool, bool, size_t>(type.name, type.is_declaration,
                                                            type.kind == TypeKind::Alias, index);
  };
  std::sort(by_name_.begin(), by_name_.end(), [&](size_t a, size_t b) { return order(a) < order(b); });
}

const DebugType& DebugTypes::of(TypeId id) const {
  const auto found = std::lower_bound(types_.begin(), types_.end(), id,
                                      [](const DebugType& type, TypeId wanted) { return type.id < wanted; });
  if (id == TypeId{} || found == types_.end() || found->id != id) return kVoid;
  return definition(*found);
}

const DebugType& DebugTypes::definition(const DebugType& type) const {
  if (!type.is_declaration) return type;
  const DebugType* named = find(type.name);
  const bool defined = named != nullptr && !named->is_declaration && named->kind == type.kind;
  return defined ? *named : type;
}

const DebugType& DebugTypes::plain(const DebugType& type) const {
  const DebugType* at = &type;
  for (uint32_t i = 0; i < kLongestChain && at->kind == TypeKind::Alias; ++i) at = &of(at->target);
  return at->kind == TypeKind::Alias ? kVoid : *at;
}

uint32_t DebugTypes::size_of(const DebugType& type) const {
  uint64_t count = 1;
  const DebugType* at = &type;
  for (uint32_t i = 0; i < kLongestChain; ++i) {
    const bool passes_on = at->kind == TypeKind::Alias || at->kind == TypeKind::Array;
    if (!passes_on) {
      const uint64_t size = count * at->size;
      return size <= std::numeric_limits<uint32_t>::max() ? static_cast<uint32_t>(size) : 0;
    }
    for (const uint32_t elements : at->counts) {
      count *= elements;
      if (count > std::numeric_limits<uint32_t>::max()) return 0;
    }
    at = &of(at->target);
  }
  return 0;
}

const DebugType* DebugTypes::find(std::string_view name) const {
  const std::string_view wanted = without_tag(name);
  const auto found =
      std::lower_bound(by_name_.begin(), by_name_.end(), wanted,
                       [this](size_t index, std::string_view text) { return types_[index].name < text; });
  if (found != by_name_.end() && types_[*found].name == wanted) return &types_[*found];
  const std::string lower = lower_case(wanted);
  for (const size_t index : by_name_)
    if (types_[index].name.size() == wanted.size() && lower_case(types_[index].name) == lower)
      return &types_[index];
  return nullptr;
}

}  // namespace emu::debugger
