// Types with their members (DWARF 5, chapter 5). Entries are listed one by one and refer to each other, so
// that types which contain themselves are no matter here.
#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "emulator/debugger/symbols/coff_file.h"
#include "emulator/debugger/symbols/dwarf_parts.h"
#include "emulator/debugger/symbols/dwarf_types.h"

namespace emu::debugger {
namespace {

// What a file may ask for at most; the rest is left out.
constexpr uint32_t kDeepestScope = 128;
constexpr size_t kMostTypes = 1'000'000;
constexpr size_t kMostMembers = 4'000'000;  // and enumerators, of all types together
constexpr size_t kLongestName = 4096;       // bytes
constexpr uint64_t kMostBits = 64;
constexpr uint32_t kPointerSize = 4;

std::optional<TypeKind> kind_of(uint16_t tag) {
  switch (tag) {
    case DW_TAG_base_type:
    case DW_TAG_unspecified_type: return TypeKind::Base;
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type: return TypeKind::Pointer;
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
    case DW_TAG_typedef: return TypeKind::Alias;
    case DW_TAG_structure_type:
    case DW_TAG_class_type: return TypeKind::Structure;
    case DW_TAG_union_type: return TypeKind::Union;
    case DW_TAG_enumeration_type: return TypeKind::Enumeration;
    case DW_TAG_array_type: return TypeKind::Array;
    case DW_TAG_subroutine_type: return TypeKind::Function;
    default: return std::nullopt;
  }
}

// DW_AT_data_member_location: bytes, or an expression that adds them.
uint32_t offset_of(const DwarfSession& session, const Die& member) {
  if (const auto offset = DwarfSession::number(member, DW_AT_data_member_location))
    return static_cast<uint32_t>(*offset);
  const auto locations = session.locations_of(member, DW_AT_data_member_location);
  const bool adds = locations.size() == 1 && locations[0].expression.size() == 1 &&
                    locations[0].expression[0].code == DW_OP_plus_uconst;
  return adds ? static_cast<uint32_t>(locations[0].expression[0].first) : 0;
}

struct BitRange {
  uint64_t begin = 0;  // bits from the beginning of the type around it, the lowest first
  uint64_t count = 0;  // 0: no bit-field
};

// DWARF 4 and later count from the lowest bit of all, others from the highest of the unit.
BitRange bit_range(const DwarfSession& session, const Die& member, uint32_t unit_size) {
  const auto count = DwarfSession::number(member, DW_AT_bit_size);
  if (!count) return {};
  const uint64_t unit = uint64_t{offset_of(session, member)} * 8;
  if (const auto at = DwarfSession::number(member, DW_AT_data_bit_offset)) return {unit + *at, *count};
  const auto from_top = DwarfSession::number(member, DW_AT_bit_offset);
  if (!from_top) return {unit, *count};
  const uint32_t own = size_of(member);
  return {unit + uint64_t{own != 0 ? own : unit_size} * 8 - *from_top - *count, *count};
}

class TypeReader {
 public:
  explicit TypeReader(const DwarfSession& session) : session_(session), sizes_(session) {}

  void read_unit(const Die& unit) { read_scope(unit, "", 0); }

  DebugTypes take() { return DebugTypes(std::move(types_)); }

 private:
  // What lies in a unit, a namespace, a type, a function or a block.
  void read_scope(const Die& scope, const std::string& prefix, uint32_t depth) {
    if (depth > kDeepestScope) return;
    for (const Die& die : session_.children(scope)) {
      const uint16_t tag = DwarfSession::tag(die).value_or(0);
      switch (tag) {
        case DW_TAG_namespace: read_scope(die, prefix + namespace_name(die) + "::", depth + 1); break;
        case DW_TAG_subprogram:
        case DW_TAG_lexical_block: read_scope(die, "", depth + 1); break;
        default: read_type(die, tag, prefix, depth);
      }
    }
  }

  std::string namespace_name(const Die& die) const {
    const std::string name = session_.name_of(die);
    return name.empty() ? "(anonymous namespace)" : name;
  }

  void read_type(const Die& die, uint16_t tag, const std::string& prefix, uint32_t depth) {
    const auto kind = kind_of(tag);
    if (!kind || types_.size() == kMostTypes) return;
    DebugType type;
    type.id = type_id(DwarfSession::offset(die));
    type.kind = *kind;
    type.is_class = tag == DW_TAG_class_type;
    type.name = full_name(die, prefix);
    type.is_declaration = DwarfSession::number(die, DW_AT_declaration).value_or(0) != 0;
    type.size = *kind == TypeKind::Pointer ? kPointerSize : size_of(die);
    type.target = type_id(DwarfSession::referred_offset(die, DW_AT_type));
    if (*kind == TypeKind::Base) type.encoding = encoding_of(die);
    if (type.encoding == TypeEncoding::Unsigned && type.name == "wchar_t")
      type.encoding = TypeEncoding::WideCharacter;
    if (*kind == TypeKind::Array) type.counts = element_counts(session_, die);
    if (*kind == TypeKind::Enumeration) read_enumerators(die, type);
    const bool has_members = *kind == TypeKind::Structure || *kind == TypeKind::Union;
    if (has_members) read_members(die, type);
    const std::string inside = type.name.empty() ? prefix : type.name + "::";
    names_[type.id] = type.name;
    types_.push_back(std::move(type));
    if (has_members) read_scope(die, inside, depth + 1);
  }

  // A definition outside its class is named as its declaration inside.
  std::string full_name(const Die& die, const std::string& prefix) const {
    const auto declared = names_.find(type_id(DwarfSession::referred_offset(die, DW_AT_specification)));
    std::string name = declared != names_.end() ? declared->second : session_.name_of(die);
    if (declared == names_.end() && !name.empty()) name = prefix + name;
    if (name.size() > kLongestName) name.resize(kLongestName);
    return name;
  }

  void read_enumerators(const Die& die, DebugType& type) {
    for (const Die& child : session_.children(die)) {
      if (DwarfSession::tag(child) != DW_TAG_enumerator || !count_member()) continue;
      const auto value = static_cast<int64_t>(DwarfSession::number(child, DW_AT_const_value).value_or(0));
      type.enumerators.push_back({session_.name_of(child), value});
    }
  }

  void read_members(const Die& die, DebugType& type) {
    for (const Die& child : session_.children(die)) {
      const uint16_t tag = DwarfSession::tag(child).value_or(0);
      const bool is_member = tag == DW_TAG_member || tag == DW_TAG_inheritance || tag == DW_TAG_variable;
      if (is_member && count_member()) type.members.push_back(read_member(child, tag));
    }
  }

  bool count_member() { return members_ != kMostMembers && ++members_ != 0; }

  DebugMember read_member(const Die& die, uint16_t tag) {
    DebugMember member;
    member.name = session_.name_of(die);
    member.type = type_id(DwarfSession::referred_offset(die, DW_AT_type));
    if (tag == DW_TAG_inheritance) {
      const bool is_virtual = DwarfSession::number(die, DW_AT_virtuality).value_or(0) != 0;
      member.kind = is_virtual ? MemberKind::VirtualBase : MemberKind::Base;
    } else if (tag == DW_TAG_variable || DwarfSession::attribute(die, DW_AT_external)) {
      member.kind = MemberKind::Static;  // DWARF 5, or 4
    }
    if (member.kind == MemberKind::VirtualBase) {
      const auto locations = session_.locations_of(die, DW_AT_data_member_location);
      if (locations.size() == 1) member.location = locations[0].expression;
      return member;
    }
    if (member.kind == MemberKind::Static) return member;
    member.offset = offset_of(session_, die);
    if (DwarfSession::attribute(die, DW_AT_bit_size)) place_bit_field(die, member);
    return member;
  }

  // In a unit as large as its type, as compilers lay them out; one that does not fit, from its first byte on.
  void place_bit_field(const Die& die, DebugMember& member) {
    uint32_t unit = sizes_.type_of(die).size;
    const BitRange range = bit_range(session_, die, unit);
    if (range.count == 0 || range.count > kMostBits) return;
    if (unit == 0 || range.begin % (uint64_t{unit} * 8) + range.count > uint64_t{unit} * 8) unit = 1;
    const uint64_t bits = uint64_t{unit} * 8;
    member.offset = static_cast<uint32_t>(range.begin / bits * unit);
    if (range.begin % bits >= kMostBits) return;
    member.bit = static_cast<uint8_t>(range.begin % bits);
    member.bits = static_cast<uint8_t>(range.count);
  }

  const DwarfSession& session_;
  DwarfTypes sizes_;
  std::vector<DebugType> types_;
  std::map<TypeId, std::string> names_;
  size_t members_ = 0;
};

}  // namespace

DebugTypes read_debug_types(const PortableExecutable& image, const DebugFiles& files) {
  const DwarfSession session = open_session(image, files);
  if (session.get() == nullptr) return {};
  TypeReader reader(session);
  for (const Die& unit : session.compilation_units()) reader.read_unit(unit);
  return reader.take();
}

}  // namespace emu::debugger
