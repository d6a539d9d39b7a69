#include "emulator/debugger/symbols/dwarf_session.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace emu::debugger {
namespace {

constexpr uint32_t kMostReferences = 8;  // from an instance to its origin to its declaration

bool ok(int result) { return result == DW_DLV_OK; }

// Old lists give offsets from the compilation unit's address until an entry selects another base.
uint64_t unit_base(const DwarfSession& session, const Die& die) {
  Dwarf_Off unit = 0;
  Dwarf_Error error = nullptr;
  if (!ok(dwarf_CU_dieoffset_given_die(die.get(), &unit, &error))) return 0;
  const Die unit_die = session.die_at(unit);
  Dwarf_Addr low = 0;
  return unit_die && ok(dwarf_lowpc(unit_die.get(), &low, &error)) ? low : 0;
}

LocationExpression decode(Dwarf_Locdesc_c description, Dwarf_Unsigned count) {
  LocationExpression expression;
  for (Dwarf_Unsigned i = 0; i < count; ++i) {
    Dwarf_Small code = 0;
    Dwarf_Unsigned first = 0, second = 0, third = 0, offset = 0;
    Dwarf_Error error = nullptr;
    if (!ok(dwarf_get_location_op_value_c(description, i, &code, &first, &second, &third, &offset, &error)))
      return {};
    expression.push_back({code, first, second, static_cast<uint32_t>(offset)});
  }
  return expression;
}

struct LocationList {
  Dwarf_Loc_Head_c head = nullptr;
  Dwarf_Unsigned count = 0;

  LocationList() = default;
  LocationList(const LocationList&) = delete;
  LocationList& operator=(const LocationList&) = delete;
  ~LocationList() {
    if (head != nullptr) dwarf_loc_head_c_dealloc(head);
  }
};

struct LocationDescription {
  Dwarf_Small kind = 0;    // DW_LLE_
  Dwarf_Small source = 0;  // 0: a single expression
  Dwarf_Bool no_address = 0;
  Dwarf_Addr begin = 0, end = 0;
  Dwarf_Unsigned count = 0;
  Dwarf_Locdesc_c operations = nullptr;
};

std::optional<LocationDescription> describe(const LocationList& list, Dwarf_Unsigned index) {
  LocationDescription d;
  Dwarf_Unsigned raw_begin = 0, raw_end = 0, expression_at = 0, description_at = 0;
  Dwarf_Error error = nullptr;
  if (!ok(dwarf_get_locdesc_entry_d(list.head, index, &d.kind, &raw_begin, &raw_end, &d.no_address, &d.begin,
                                    &d.end, &d.count, &d.operations, &d.source, &expression_at,
                                    &description_at, &error)))
    return std::nullopt;
  return d;
}

}  // namespace

// The image's sections as libdwarf asks for them.
struct DwarfSession::Object {
  std::vector<CoffSection> all;
  uint32_t base;
  Dwarf_Obj_Access_Interface interface {};

  static const CoffSection* section(void* self, Dwarf_Half index) {
    const auto& sections = static_cast<Object*>(self)->all;
    // libdwarf's section 0 stands for none, as in ELF.
    return index >= 1 && index <= sections.size() ? &sections[index - 1u] : nullptr;
  }
  static int section_info(void* self, Dwarf_Half index, Dwarf_Obj_Access_Section* result, int*) {
    *result = {};
    result->name = "";
    if (index == 0) return DW_DLV_OK;
    const CoffSection* found = section(self, index);
    if (found == nullptr) return DW_DLV_NO_ENTRY;
    result->addr = uint64_t{static_cast<Object*>(self)->base} + found->address;
    result->size = found->bytes.size();
    result->name = found->name.c_str();
    return DW_DLV_OK;
  }
  static int load(void* self, Dwarf_Half index, Dwarf_Small** data, int*) {
    const CoffSection* found = section(self, index);
    if (found == nullptr) return DW_DLV_NO_ENTRY;
    // libdwarf does not write without relocation.
    *data = reinterpret_cast<Dwarf_Small*>(const_cast<std::byte*>(found->bytes.data()));
    return DW_DLV_OK;
  }
  static Dwarf_Endianness byte_order(void*) { return DW_OBJECT_LSB; }
  static Dwarf_Small four(void*) { return 4; }
  static Dwarf_Unsigned count(void* self) { return static_cast<Object*>(self)->all.size() + 1; }

  static constexpr Dwarf_Obj_Access_Methods kMethods{section_info, byte_order, four,   four,
                                                     count,        load,       nullptr};
};

DwarfSession::DwarfSession(std::vector<CoffSection> sections, uint32_t base, uint32_t size)
    : object_(new Object{std::move(sections), base, {}}), base_(base), size_(size) {
  object_->interface = {object_.get(), &Object::kMethods};
  Dwarf_Error error = nullptr;
  if (!ok(dwarf_object_init_b(&object_->interface, nullptr, nullptr, DW_GROUPNUMBER_ANY, &debug_, &error)))
    debug_ = nullptr;
}

DwarfSession::~DwarfSession() {
  Dwarf_Error error = nullptr;
  if (debug_ != nullptr) dwarf_object_finish(debug_, &error);
}

std::optional<AddressInterval> DwarfSession::interval(uint64_t begin, uint64_t end) const {
  if (begin < base_ || begin >= end || end - base_ > size_) return std::nullopt;
  return AddressInterval{static_cast<uint32_t>(begin - base_), static_cast<uint32_t>(end - base_)};
}

std::vector<Die> DwarfSession::compilation_units() const {
  std::vector<Die> units;
  for (;;) {
    Dwarf_Unsigned length = 0, type_offset = 0, next = 0;
    Dwarf_Half version = 0, address_size = 0, offset_size = 0, extension = 0, type = 0;
    Dwarf_Off abbreviations = 0;
    Dwarf_Sig8 signature{};
    Dwarf_Error error = nullptr;
    if (!ok(dwarf_next_cu_header_d(debug_, true, &length, &version, &abbreviations, &address_size,
                                   &offset_size, &extension, &signature, &type_offset, &next, &type, &error)))
      return units;
    Dwarf_Die unit = nullptr;
    if (ok(dwarf_siblingof_b(debug_, nullptr, true, &unit, &error))) units.emplace_back(unit);
  }
}

std::vector<Die> DwarfSession::children(const Die& die) const {
  std::vector<Die> result;
  Dwarf_Error error = nullptr;
  Dwarf_Die child = nullptr;
  for (bool more = ok(dwarf_child(die.get(), &child, &error)); more;
       more = ok(dwarf_siblingof_b(debug_, result.back().get(), true, &child, &error)))
    result.emplace_back(child);
  return result;
}

Die DwarfSession::die_at(uint64_t offset) const {
  Dwarf_Die die = nullptr;
  Dwarf_Error error = nullptr;
  return ok(dwarf_offdie_b(debug_, offset, true, &die, &error)) ? Die(die) : nullptr;
}

std::optional<uint16_t> DwarfSession::tag(const Die& die) {
  Dwarf_Half tag = 0;
  Dwarf_Error error = nullptr;
  return ok(dwarf_tag(die.get(), &tag, &error)) ? std::optional(tag) : std::nullopt;
}

uint64_t DwarfSession::offset(const Die& die) {
  Dwarf_Off offset = 0;
  Dwarf_Error error = nullptr;
  return ok(dwarf_dieoffset(die.get(), &offset, &error)) ? offset : 0;
}

Attribute DwarfSession::attribute(const Die& die, uint16_t name) {
  Dwarf_Attribute attribute = nullptr;
  Dwarf_Error error = nullptr;
  return ok(dwarf_attr(die.get(), name, &attribute, &error)) ? Attribute(attribute) : nullptr;
}

std::optional<uint64_t> DwarfSession::number(const Die& die, uint16_t name) {
  const Attribute found = attribute(die, name);
  Dwarf_Error error = nullptr;
  Dwarf_Unsigned value = 0;
  Dwarf_Signed negative = 0;
  if (found && ok(dwarf_formudata(found.get(), &value, &error))) return value;
  if (found && ok(dwarf_formsdata(found.get(), &negative, &error))) return static_cast<uint64_t>(negative);
  return std::nullopt;
}

std::optional<std::string> DwarfSession::text(const Die& die, uint16_t name) {
  const Attribute found = attribute(die, name);
  Dwarf_Error error = nullptr;
  char* text = nullptr;
  if (!found || !ok(dwarf_formstring(found.get(), &text, &error)) || text == nullptr) return std::nullopt;
  return text;
}

uint64_t DwarfSession::referred_offset(const Die& die, uint16_t name) {
  const Attribute found = attribute(die, name);
  Dwarf_Off offset = 0;
  Dwarf_Error error = nullptr;
  return found && ok(dwarf_global_formref(found.get(), &offset, &error)) ? offset : 0;
}

Die DwarfSession::referred(const Die& die, uint16_t name) const {
  const uint64_t offset = referred_offset(die, name);
  return offset != 0 ? die_at(offset) : nullptr;
}

std::string DwarfSession::text_along_origins(const Die& die, uint16_t name) const {
  if (auto found = text(die, name)) return *found;
  Die origin;
  const Die* at = &die;
  for (uint32_t i = 0; i < kMostReferences; ++i) {
    Die next = referred(*at, DW_AT_abstract_origin);
    if (!next) next = referred(*at, DW_AT_specification);
    if (!next) return "";
    origin = std::move(next);
    at = &origin;
    if (auto found = text(*at, name)) return *found;
  }
  return "";
}

std::vector<AddressInterval> DwarfSession::ranges_of(const Die& die) const {
  if (const Attribute list = attribute(die, DW_AT_ranges)) return range_list(die, list);
  Dwarf_Addr low = 0, high = 0;
  Dwarf_Half form = 0;
  Dwarf_Form_Class form_class{};
  Dwarf_Error error = nullptr;
  if (!ok(dwarf_lowpc(die.get(), &low, &error)) ||
      !ok(dwarf_highpc_b(die.get(), &high, &form, &form_class, &error)))
    return {};
  const auto found = interval(low, form_class == DW_FORM_CLASS_CONSTANT ? low + high : high);
  return found ? std::vector{*found} : std::vector<AddressInterval>{};
}

std::optional<uint32_t> DwarfSession::entry_of(const Die& die) const {
  const std::vector<AddressInterval> ranges = ranges_of(die);
  if (ranges.empty()) return std::nullopt;
  const Attribute entry = attribute(die, DW_AT_entry_pc);
  Dwarf_Addr address = 0;
  Dwarf_Error error = nullptr;
  if (entry && ok(dwarf_formaddr(entry.get(), &address, &error))) {
    const auto found = interval(address, address + 1);
    return found ? std::optional(found->begin) : std::nullopt;
  }
  const uint32_t base = ranges.front().begin;
  const uint64_t offset = number(die, DW_AT_entry_pc).value_or(0);
  return offset < size_ - base ? std::optional(base + static_cast<uint32_t>(offset)) : std::nullopt;
}

std::vector<AddressInterval> DwarfSession::range_list(const Die& die, const Attribute& attribute) const {
  Dwarf_Half form = 0, version = 0, offset_size = 0;
  Dwarf_Error error = nullptr;
  Dwarf_Unsigned at = 0;
  if (!ok(dwarf_whatform(attribute.get(), &form, &error)) ||
      !ok(dwarf_get_version_of_die(die.get(), &version, &offset_size)))
    return {};
  Dwarf_Off offset = 0;
  if (form == DW_FORM_rnglistx) {
    if (!ok(dwarf_formudata(attribute.get(), &at, &error))) return {};
  } else {
    if (!ok(dwarf_global_formref(attribute.get(), &offset, &error))) return {};
    at = offset;
  }
  if (version < 5) return old_range_list(die, at);
  Dwarf_Rnglists_Head head = nullptr;
  Dwarf_Unsigned count = 0, list_at = 0;
  if (!ok(dwarf_rnglists_get_rle_head(attribute.get(), form, at, &head, &count, &list_at, &error))) return {};
  std::vector<AddressInterval> ranges;
  for (Dwarf_Unsigned i = 0; i < count; ++i) {
    unsigned length = 0, kind = 0;
    Dwarf_Unsigned raw1 = 0, raw2 = 0, begin = 0, end = 0;
    Dwarf_Bool unavailable = 0;
    if (!ok(dwarf_get_rnglists_entry_fields_a(head, i, &length, &kind, &raw1, &raw2, &unavailable, &begin,
                                              &end, &error)))
      break;
    const bool selects_base = kind == DW_RLE_base_address || kind == DW_RLE_base_addressx;
    if (selects_base || kind == DW_RLE_end_of_list || unavailable != 0) continue;
    if (const auto found = interval(begin, end)) ranges.push_back(*found);
  }
  dwarf_dealloc_rnglists_head(head);
  return ranges;
}

std::vector<AddressInterval> DwarfSession::old_range_list(const Die& die, uint64_t offset) const {
  Dwarf_Ranges* entries = nullptr;
  Dwarf_Signed count = 0;
  Dwarf_Unsigned bytes = 0;
  Dwarf_Error error = nullptr;
  if (!ok(dwarf_get_ranges_a(debug_, offset, die.get(), &entries, &count, &bytes, &error))) return {};
  std::vector<AddressInterval> ranges;
  uint64_t base = unit_base(*this, die);
  for (Dwarf_Signed i = 0; i < count; ++i) {
    const Dwarf_Ranges& entry = entries[i];
    if (entry.dwr_type == DW_RANGES_ADDRESS_SELECTION) base = entry.dwr_addr2;
    if (entry.dwr_type != DW_RANGES_ENTRY) continue;
    if (const auto found = interval(base + entry.dwr_addr1, base + entry.dwr_addr2)) ranges.push_back(*found);
  }
  dwarf_ranges_dealloc(debug_, entries, count);
  return ranges;
}

std::vector<LocationEntry> DwarfSession::locations_of(const Die& die, uint16_t name) const {
  const Attribute found = attribute(die, name);
  LocationList list;
  Dwarf_Error error = nullptr;
  if (!found || !ok(dwarf_get_loclist_c(found.get(), &list.head, &list.count, &error))) return {};
  std::vector<LocationEntry> entries;
  for (Dwarf_Unsigned i = 0; i < list.count; ++i) {
    const auto description = describe(list, i);
    if (!description) break;
    std::optional<AddressInterval> range;
    if (description->source != 0) {
      range = interval(description->begin, description->end);
      if (!range || description->no_address != 0) continue;
    }
    entries.push_back({range, decode(description->operations, description->count)});
  }
  return entries;
}

LocationExpression DwarfSession::expression(std::span<const std::byte> bytes) const {
  LocationList list;
  Dwarf_Error error = nullptr;
  constexpr Dwarf_Half kAddressSize = 4, kOffsetSize = 4;
  constexpr Dwarf_Small kVersion = 4;
  auto* const start = const_cast<std::byte*>(bytes.data());  // libdwarf only reads
  if (!ok(dwarf_loclist_from_expr_c(debug_, start, bytes.size(), kAddressSize, kOffsetSize, kVersion,
                                    &list.head, &list.count, &error)) ||
      list.count != 1)
    return {};
  const auto description = describe(list, 0);
  return description ? decode(description->operations, description->count) : LocationExpression{};
}

}  // namespace emu::debugger
