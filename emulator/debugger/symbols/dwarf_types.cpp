#include "emulator/debugger/symbols/dwarf_types.h"

#include <fmt/core.h>

#include <limits>
#include <string_view>

namespace emu::debugger {
namespace {

constexpr uint32_t kDeepestType = 32;      // of pointers to arrays of pointers to ...
constexpr size_t kLongestTypeName = 1024;  // of the parts that are put together
constexpr uint32_t kPointerSize = 4;

std::string tagged(std::string_view tag, const Die& type) {
  return fmt::format("{} {}", tag, DwarfSession::text(type, DW_AT_name).value_or("{...}"));
}

}  // namespace

TypeId type_id(uint64_t offset) {
  return offset <= std::numeric_limits<uint32_t>::max() ? TypeId{static_cast<uint32_t>(offset)} : TypeId{};
}

uint32_t size_of(const Die& type) {
  const uint64_t size = DwarfSession::number(type, DW_AT_byte_size).value_or(0);
  return size <= std::numeric_limits<uint32_t>::max() ? static_cast<uint32_t>(size) : 0;
}

TypeEncoding encoding_of(const Die& type) {
  switch (DwarfSession::number(type, DW_AT_encoding).value_or(0)) {
    case DW_ATE_boolean: return TypeEncoding::Boolean;
    case DW_ATE_float: return TypeEncoding::Float;
    case DW_ATE_signed: return TypeEncoding::Signed;
    case DW_ATE_signed_char: return TypeEncoding::Character;
    case DW_ATE_unsigned_char: return TypeEncoding::UnsignedCharacter;
    case DW_ATE_UTF:
      return size_of(type) == sizeof(char16_t) ? TypeEncoding::WideCharacter
                                               : TypeEncoding::UnsignedCharacter;
    case DW_ATE_unsigned: return TypeEncoding::Unsigned;
    default: return TypeEncoding::Other;
  }
}

std::vector<uint32_t> element_counts(const DwarfSession& session, const Die& array) {
  std::vector<uint32_t> counts;
  for (const Die& bound : session.children(array)) {
    if (DwarfSession::tag(bound) != DW_TAG_subrange_type) continue;
    auto count = DwarfSession::number(bound, DW_AT_count);
    const auto upper = DwarfSession::number(bound, DW_AT_upper_bound);
    if (!count && upper) count = *upper + 1;  // of an array of none the upper bound is -1
    const bool fits = count && *count <= std::numeric_limits<uint32_t>::max();
    counts.push_back(fits ? static_cast<uint32_t>(*count) : 0);
  }
  return counts;
}

VariableType DwarfTypes::type_of(const Die& die, uint32_t depth) {
  if (depth > kDeepestType) return {"...", 0, TypeEncoding::Other};
  const Die type = session_.referred(die, DW_AT_type);
  if (!type) return {"void", 0, TypeEncoding::Other};
  const uint64_t offset = DwarfSession::offset(type);
  if (offset == 0) return describe(type, depth);
  if (const auto known = known_.find(offset); known != known_.end()) return known->second;
  VariableType found = describe(type, depth);
  if (found.name.size() > kLongestTypeName) found.name.resize(kLongestTypeName);
  found.id = type_id(offset);
  known_[offset] = found;
  return found;
}

VariableType DwarfTypes::describe(const Die& type, uint32_t depth) {
  const auto qualified = [&](std::string_view word) {
    VariableType inner = type_of(type, depth + 1);
    inner.name = fmt::format("{} {}", word, inner.name);
    return inner;
  };
  const auto pointer = [&](std::string_view mark) {
    return VariableType{type_of(type, depth + 1).name + std::string(mark), kPointerSize,
                        TypeEncoding::Pointer};
  };
  switch (DwarfSession::tag(type).value_or(0)) {
    case DW_TAG_base_type:
      return {DwarfSession::text(type, DW_AT_name).value_or("?"), size_of(type), encoding_of(type)};
    case DW_TAG_pointer_type: return pointer("*");
    case DW_TAG_reference_type: return pointer("&");
    case DW_TAG_rvalue_reference_type: return pointer("&&");
    case DW_TAG_const_type: return qualified("const");
    case DW_TAG_volatile_type: return qualified("volatile");
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type: return type_of(type, depth + 1);
    case DW_TAG_typedef: {
      VariableType inner = type_of(type, depth + 1);
      inner.name = DwarfSession::text(type, DW_AT_name).value_or(inner.name);
      return inner;
    }
    case DW_TAG_structure_type: return {tagged("struct", type), size_of(type), TypeEncoding::Aggregate};
    case DW_TAG_class_type: return {tagged("class", type), size_of(type), TypeEncoding::Aggregate};
    case DW_TAG_union_type: return {tagged("union", type), size_of(type), TypeEncoding::Aggregate};
    case DW_TAG_enumeration_type: return {tagged("enum", type), size_of(type), TypeEncoding::Unsigned};
    case DW_TAG_array_type: return describe_array(type, depth);
    case DW_TAG_subroutine_type: return {type_of(type, depth + 1).name + "()", 0, TypeEncoding::Other};
    default: return {session_.name_of(type), size_of(type), TypeEncoding::Other};
  }
}

VariableType DwarfTypes::describe_array(const Die& type, uint32_t depth) {
  VariableType array = type_of(type, depth + 1);
  array.encoding = TypeEncoding::Aggregate;
  uint64_t size = array.size;
  for (const uint32_t count : element_counts(session_, type)) {
    array.name += count != 0 ? fmt::format("[{}]", count) : "[]";
    size *= count;
    if (size > std::numeric_limits<uint32_t>::max()) size = 0;
  }
  array.size = static_cast<uint32_t>(size);
  return array;
}

}  // namespace emu::debugger
