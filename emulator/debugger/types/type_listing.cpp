#include "emulator/debugger/types/type_listing.h"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/debugger/types/type_words.h"

namespace emu::debugger {
namespace {

constexpr size_t kMostLines = 10'000;
constexpr uint32_t kDeepest = 32;
constexpr uint32_t kNameWidth = 16;
constexpr std::string_view kTable = "__VFN_table";

}  // namespace

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
  if (field.member->kind != MemberKind::Static) return "+0x??? ";
  return place ? fmt::format("={:08x} ", place->value) : "=???????? ";
}

void TypeListing::row(const Field& field, Place at, const std::vector<FieldPath>& paths, const Level& level,
                      Json& list) {
  std::vector<FieldPath> inner;  // what is wanted of its own fields
  bool wanted = paths.empty();
  bool named_alone = false;  // also the field itself, and not only a part of it
  uint32_t depth = level.depth;
  std::optional<uint32_t> element;
  for (const FieldPath& path : paths) {
    if (!matches_wildcard(field.name, path.parts.front().pattern)) continue;
    wanted = true;
    if (path.parts.size() > 1) inner.push_back(behind_first(path));
    named_alone = named_alone || path.parts.size() == 1;
    if (path.parts.size() == 1) depth = std::max(depth, path.opened);
    element = path.parts.front().element;
  }
  if (!wanted) return;
  if (named_alone) inner.clear();
  const bool is_static = field.member->kind == MemberKind::Static;
  Place place = is_static            ? static_place(field)
                : at && field.offset ? Place(*at + *field.offset)
                                     : std::nullopt;
  const bool has_value = place && (at || is_static);
  const DebugType* type = &types_.of(field.member->type);
  std::string name = field.name;
  if (const DebugType& plain = types_.plain(*type); element && plain.kind == TypeKind::Array) {
    type = &types_.of(plain.target);
    name += fmt::format("[{}]", *element);
    if (place) place = *place + *element * types_.size_of(*type);
  }
  Json data{{"name", name}};
  if (field.offset) data["offset"] = *field.offset;
  if (is_static && place) data["address"] = address_words(*place);
  const bool bits = field.member->bits != 0;
  const DebugType& plain = types_.plain(*type);
  std::string words = type_words(types_, *type);
  data["type"] = words;
  const bool is_table = field.name == kTable;
  if (is_table) words = "Ptr32";
  if (bits) {
    data["bit"] = field.member->bit;
    data["bits"] = field.member->bits;
    words = fmt::format("Pos {}, {} Bit{}", field.member->bit, field.member->bits,
                        field.member->bits == 1 ? "" : "s");
  }
  if (has_value && place) {
    const ShownValue value =
        bits ? values_.bits(*field.member, *place) : values_.at(*type, *place, ValueStyle::Field);
    words = is_table ? value.text.substr(0, value.text.find(' ')) : value.text;
    const bool in_parts = has_members(plain) || (plain.kind == TypeKind::Array && value.data.is_null());
    if (!in_parts) data["value"] = value.data;
  }
  const bool in_lines = plain.kind == TypeKind::Array && options_.elements != 0u;
  if (in_lines || !inner.empty()) words.clear();
  if (!line(fmt::format("{}{}{:<{}} :{}{}", indent(level), offset_words(field, place), name,
                        is_table ? 0u : kNameWidth, words.empty() ? "" : " ", words)))
    return;
  const Level below{level.number + 1, depth != 0 ? depth - 1 : 0, level.behind_pointer};
  const Place inside = has_value ? place : std::nullopt;
  if (in_lines)
    data["elements"] = element_rows(plain, inside, level);
  else if (depth != 0 || options_.blocks || !inner.empty())
    if (Json fields = nested(plain, inside, inner, below); !fields.empty())
      data["fields"] = std::move(fields);
  list.push_back(std::move(data));
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
