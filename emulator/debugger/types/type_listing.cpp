#include "emulator/debugger/types/type_listing.h"

#include <fmt/core.h>

#include <algorithm>

#include "emulator/debugger/types/type_words.h"

namespace emu::debugger {
namespace {

constexpr size_t kMostLines = 10'000;
constexpr uint32_t kDeepest = 32;
constexpr uint32_t kNameWidth = 16;

bool is_table(const Field& field) { return field.name == "__VFN_table"; }

bool is_static(const Field& field) { return field.member->kind == MemberKind::Static; }

}  // namespace

struct TypeListing::Wish {
  bool shown;
  uint32_t depth;                   // that it is opened
  std::optional<uint32_t> element;  // of an array this one alone
  std::vector<FieldPath> inner;     // these of its own fields; none: all
};

struct TypeListing::Item {
  const Field& field;
  std::string name;
  const DebugType& type;
  const DebugType& plain;
  Place place;  // none: there is no object, or nobody knows
};

bool TypeListing::line(const std::string& words) {
  if (lines_ > kMostLines) return false;
  if (++lines_ > kMostLines) {
    text_ += "   ... there is more\n";
    data_["truncated"] = true;
    return false;
  }
  text_ += words + "\n";
  return true;
}

std::string TypeListing::indent(const Level& level) const {
  return std::string(options_.indented ? 3 + 3 * size_t{level.number} : 3, ' ');
}

void TypeListing::add(const DebugType& type, Place at) {
  const DebugType& plain = types_.plain(type);
  if (has_members(plain)) {
    data_["fields"] = rows(plain, at, options_.fields, {.depth = options_.depth});
    return;
  }
  add_whole(type, at);
  if (plain.kind != TypeKind::Pointer) return;
  const DebugType& target = types_.plain(plain.target);
  const auto to = at ? memory_.load<uint32_t>(*at) : std::nullopt;
  if (!has_members(target) || (at && (!to || *to == 0))) return;
  const Place there = to ? Place(mm::VirtualAddress{*to}) : std::nullopt;
  data_["fields"] = rows(target, there, options_.fields, {.depth = options_.depth});
}

void TypeListing::add_whole(const DebugType& type, Place at) {
  const DebugType& plain = types_.plain(type);
  if (at) {
    const ShownValue value = values_.at(type, *at, ValueStyle::Field);
    line(value.text);
    data_["value"] = value.data;
  } else if (plain.kind == TypeKind::Enumeration) {
    data_["enumerators"] = enumerator_rows(plain, 3);
  } else {
    line(type_words(types_, type));
  }
  const bool in_lines = options_.elements != 0u && plain.kind == TypeKind::Array;
  if (in_lines || (plain.kind == TypeKind::Array && options_.depth != 0))
    data_["elements"] = element_rows(plain, at, {.depth = options_.depth});
}

Json TypeListing::enumerator_rows(const DebugType& type, uint32_t indent) {
  Json list = Json::array();
  for (const DebugEnumerator& each : type.enumerators) {
    if (!line(fmt::format("{}{} = 0n{}", std::string(indent, ' '), each.name, each.value))) break;
    list.push_back({{"name", each.name}, {"value", each.value}});
  }
  return list;
}

Json TypeListing::rows(const DebugType& structure, Place at, const std::vector<FieldPath>& paths,
                       const Level& level) {
  Json list = Json::array();
  if (level.number > kDeepest) return list;
  const std::pair key{structure.id, at ? at->value : 0};
  if (!open_.insert(key).second) return list;  // it contains itself, or a list leads back to it
  for (const Field& field : fields_of(types_, structure, &memory_, at)) {
    if (lines_ > kMostLines) break;
    row(field, at, paths, level, list);
  }
  open_.erase(key);
  return list;
}

TypeListing::Place TypeListing::static_place(const Field& field) const {
  const auto found = symbols_.resolve(
      fmt::format("{}!{}::{}", module_.short_name(), field.around->name, field.member->name));
  return found ? Place(*found) : std::nullopt;
}

std::string TypeListing::offset_words(const Field& field, Place place) const {
  if (!options_.offsets) return "";
  if (field.offset) return fmt::format("+{:#05x} ", *field.offset);
  if (!is_static(field)) return "+0x??? ";
  return place ? fmt::format("={:08x} ", place->value) : "=???????? ";
}

TypeListing::Wish TypeListing::wish_for(const Field& field, const std::vector<FieldPath>& paths,
                                        uint32_t depth) {
  Wish wish{paths.empty(), depth, {}, {}};
  bool whole = false;  // also the field itself, and not only a part of it
  for (const FieldPath& path : paths) {
    if (!matches_wildcard(field.name, path.parts.front().pattern)) continue;
    wish.shown = true;
    wish.element = path.parts.front().element;
    if (path.parts.size() > 1) {
      wish.inner.push_back(behind_first(path));
    } else {
      whole = true;
      wish.depth = std::max(wish.depth, path.opened);
    }
  }
  if (whole) wish.inner.clear();
  return wish;
}

TypeListing::Item TypeListing::item_of(const Field& field, Place at, std::optional<uint32_t> element) const {
  Place place;
  if (is_static(field))
    place = static_place(field);
  else if (at && field.offset)
    place = *at + *field.offset;
  const DebugType& type = types_.of(field.member->type);
  const DebugType& plain = types_.plain(type);
  if (!element || plain.kind != TypeKind::Array) return {field, field.name, type, plain, place};
  const DebugType& one = types_.of(plain.target);
  if (place) place = *place + *element * types_.size_of(one);
  return {field, fmt::format("{}[{}]", field.name, *element), one, types_.plain(one), place};
}

// Its type, or its value.
std::string TypeListing::words_of(const Item& item, Json& data) const {
  const DebugMember& member = *item.field.member;
  const std::string type = type_words(types_, item.type);
  data["type"] = type;
  if (member.bits != 0) {
    data["bit"] = member.bit;
    data["bits"] = member.bits;
  }
  if (!item.place && member.bits != 0)
    return fmt::format("Pos {}, {} Bit{}", member.bit, member.bits, member.bits == 1 ? "" : "s");
  if (!item.place) return is_table(item.field) ? "Ptr32" : type;
  const ShownValue value = member.bits != 0 ? values_.bits(member, *item.place)
                                            : values_.at(item.type, *item.place, ValueStyle::Field);
  const bool in_parts =
      has_members(item.plain) || (item.plain.kind == TypeKind::Array && value.data.is_null());
  if (!in_parts) data["value"] = value.data;
  return is_table(item.field) ? value.text.substr(0, value.text.find(' ')) : value.text;
}

bool TypeListing::in_lines(const Item& item) const {
  return item.plain.kind == TypeKind::Array && options_.elements != 0u;
}

void TypeListing::row(const Field& field, Place at, const std::vector<FieldPath>& paths, const Level& level,
                      Json& list) {
  const Wish wish = wish_for(field, paths, level.depth);
  if (!wish.shown) return;
  const Item item = item_of(field, at, wish.element);
  Json data{{"name", item.name}};
  if (field.offset) data["offset"] = *field.offset;
  if (is_static(field) && item.place) data["address"] = address_words(*item.place);
  std::string words = words_of(item, data);
  if (in_lines(item) || !wish.inner.empty()) words.clear();
  if (!line(fmt::format("{}{}{:<{}} :{}{}", indent(level), offset_words(field, item.place), item.name,
                        is_table(field) ? 0u : kNameWidth, words.empty() ? "" : " ", words)))
    return;
  add_parts(item, wish, level, data);
  list.push_back(std::move(data));
}

void TypeListing::add_parts(const Item& item, const Wish& wish, const Level& level, Json& data) {
  if (in_lines(item)) {
    data["elements"] = element_rows(item.plain, item.place, level);
  } else if (wish.depth != 0 || options_.blocks || !wish.inner.empty()) {
    const Level below{level.number + 1, wish.depth != 0 ? wish.depth - 1 : 0, level.behind_pointer};
    Json fields = nested(item.plain, item.place, wish.inner, below);
    if (!fields.empty()) data["fields"] = std::move(fields);
  }
}

// What lies in a structure, or where a pointer leads to.
Json TypeListing::nested(const DebugType& type, Place at, const std::vector<FieldPath>& paths,
                         const Level& level) {
  if (has_members(type)) return rows(type, at, paths, level);
  if (type.kind == TypeKind::Array && paths.empty() && has_members(types_.plain(type.target)) && at)
    return element_rows(type, at, level);
  const DebugType& target = types_.plain(type.target);
  if (type.kind != TypeKind::Pointer || !has_members(target) || level.behind_pointer) return Json::array();
  Place to;
  if (at) {
    const auto value = memory_.load<uint32_t>(*at);
    if (!value || *value == 0) return Json::array();
    to = mm::VirtualAddress{*value};
  }
  return rows(target, to, paths, {level.number, level.depth, options_.blocks && options_.depth == 0});
}

Json TypeListing::element_rows(const DebugType& array, Place at, const Level& level) {
  const DebugType& element = types_.of(array.target);
  const uint32_t each = types_.size_of(element);
  uint32_t count = each != 0 ? types_.size_of(array) / each : 0;
  if (options_.elements && *options_.elements != 0) count = std::min(count, *options_.elements);
  const DebugType& inner = types_.plain(element);
  Json list = Json::array();
  for (uint32_t i = 0; i < count; ++i) {
    const Place place = at ? Place(*at + i * each) : std::nullopt;
    const ShownValue value = place ? values_.at(element, *place, ValueStyle::Field)
                                   : ShownValue{type_words(types_, element), nullptr};
    if (!line(fmt::format("{} [{:02}] {}", indent(level), i, value.text))) break;
    const bool opens = has_members(inner) && place;
    list.push_back(opens ? Json{{"fields", rows(inner, place, {}, {level.number + 1, level.depth, false})}}
                         : value.data);
  }
  return list;
}

}  // namespace emu::debugger
