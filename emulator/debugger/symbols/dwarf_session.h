// One use of libdwarf on one image, with what it lends held by owners that give it back. libdwarf trusts
// files more than it should: use it where a crash does no harm (isolated_work.h).
#pragma once

#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "emulator/debugger/symbols/coff_file.h"
#include "emulator/debugger/symbols/debug_information.h"

namespace emu::debugger {

struct DieDeleter {
  void operator()(Dwarf_Die die) const { dwarf_dealloc_die(die); }
};
struct AttributeDeleter {
  void operator()(Dwarf_Attribute attribute) const { dwarf_dealloc_attribute(attribute); }
};
using Die = std::unique_ptr<std::remove_pointer_t<Dwarf_Die>, DieDeleter>;
using Attribute = std::unique_ptr<std::remove_pointer_t<Dwarf_Attribute>, AttributeDeleter>;

class DwarfSession {
 public:
  // `base` is the image's preferred base, which the addresses in the data contain; `size` its size. The
  // sections' bytes must outlive this.
  DwarfSession(std::vector<CoffSection> sections, uint32_t base, uint32_t size);
  ~DwarfSession();
  DwarfSession(const DwarfSession&) = delete;
  DwarfSession& operator=(const DwarfSession&) = delete;

  // Returns libdwarf's handle; null when the image has no DWARF data, or such as libdwarf does not open.
  Dwarf_Debug get() const { return debug_; }

  // Returns [begin, end) as RVAs; none when it is empty or not in the image.
  std::optional<AddressInterval> interval(uint64_t begin, uint64_t end) const;

  std::vector<Die> compilation_units() const;
  std::vector<Die> children(const Die& die) const;
  Die die_at(uint64_t offset) const;  // null when there is none

  static std::optional<uint16_t> tag(const Die& die);
  static uint64_t offset(const Die& die);  // of the entry; 0 when it is not known
  // Returns the offset of the entry that the attribute refers to; 0 when it refers to none.
  static uint64_t referred_offset(const Die& die, uint16_t name);
  static Attribute attribute(const Die& die, uint16_t name);  // null when there is none
  static std::optional<uint64_t> number(const Die& die, uint16_t name);
  static std::optional<std::string> text(const Die& die, uint16_t name);
  Die referred(const Die& die, uint16_t name) const;  // null when there is none

  // Returns the name of the entry, or of the one that it is an instance or the definition of; "" when there
  // is none.
  std::string name_of(const Die& die) const { return text_along_origins(die, DW_AT_name); }
  std::string linkage_name_of(const Die& die) const { return text_along_origins(die, DW_AT_linkage_name); }

  // Returns the ranges that DW_AT_low_pc and DW_AT_high_pc, or DW_AT_ranges, tell.
  std::vector<AddressInterval> ranges_of(const Die& die) const;

  // Returns where the entry's code is entered (DWARF 5, 2.18): at DW_AT_entry_pc, which is an address or a
  // distance from the base address, and without that attribute at the base address: DW_AT_low_pc, or the
  // first of its ranges. None when it has no code.
  std::optional<uint32_t> entry_of(const Die& die) const;

  // Returns the locations in an attribute that holds an expression or a list of them.
  std::vector<LocationEntry> locations_of(const Die& die, uint16_t name) const;
  LocationExpression expression(std::span<const std::byte> bytes) const;

 private:
  std::string text_along_origins(const Die& die, uint16_t name) const;
  std::vector<AddressInterval> range_list(const Die& die, const Attribute& attribute) const;
  std::vector<AddressInterval> old_range_list(const Die& die, uint64_t offset) const;

  struct Object;
  std::unique_ptr<Object> object_;
  uint32_t base_;
  uint32_t size_;
  Dwarf_Debug debug_ = nullptr;
};

}  // namespace emu::debugger
