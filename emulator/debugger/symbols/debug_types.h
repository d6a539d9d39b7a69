// The types that an image's DWARF data describes, in plain values. Types refer to each other by TypeId, which
// may lead nowhere or in circles: the file is not trusted. Source: DWARF 5, chapter 5.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/debugger/symbols/debug_information.h"

namespace emu::debugger {

enum class MemberKind : uint8_t {
  Field,
  Base,         // what the class inherits; without a name
  VirtualBase,  // the same, at where `location` says, with the object's address on its stack
  Static,       // one for all objects; no offset
};

struct DebugMember {
  std::string name;  // "": anonymous, its members are those of the type around it
  MemberKind kind = MemberKind::Field;
  TypeId type{};
  uint32_t offset = 0;  // bytes, from the beginning of the type; of a bit-field, of the unit that holds it
  uint8_t bit = 0;      // of a bit-field: its lowest
  uint8_t bits = 0;     // 0: no bit-field
  LocationExpression location{};
};

struct DebugEnumerator {
  std::string name;
  int64_t value = 0;
};

enum class TypeKind : uint8_t {
  Void,
  Base,       // `encoding` tells
  Pointer,    // references, too
  Alias,      // a typedef, or without a name a qualifier
  Structure,  // `tag` tells whether a class, too
  Union,
  Enumeration,
  Array,
  Function,
};

struct DebugType {
  TypeId id{};
  TypeKind kind = TypeKind::Void;
  TypeEncoding encoding = TypeEncoding::Other;
  bool is_class = false;
  bool is_declaration = false;   // the definition is elsewhere, or nowhere
  std::string name{};            // "ns::Class"; "": unnamed
  uint32_t size = 0;             // bytes; 0: not known, or what `target` says
  TypeId target{};               // of a pointer, an alias, an array's elements, a function's result
  std::vector<uint32_t> counts;  // of an array, the outermost first; 0: open
  std::vector<DebugMember> members{};
  std::vector<DebugEnumerator> enumerators{};
};

class DebugTypes {
 public:
  DebugTypes() = default;
  explicit DebugTypes(std::vector<DebugType> types);

  const std::vector<DebugType>& all() const { return types_; }  // by id

  // Returns the type that `id` names, its definition rather than a declaration; void when there is no id or
  // it leads nowhere.
  const DebugType& of(TypeId id) const;

  // Returns what `type` is once typedefs and qualifiers are taken off.
  const DebugType& plain(const DebugType& type) const;
  const DebugType& plain(TypeId id) const { return plain(of(id)); }

  // Returns the size in bytes; 0 when it is not known.
  uint32_t size_of(const DebugType& type) const;
  uint32_t size_of(TypeId id) const { return size_of(of(id)); }

  // Finds a type by a name such as "point", "ns::Class" or "struct point", in another case when there is none
  // in this one. Null when there is none at all.
  const DebugType* find(std::string_view name) const;

 private:
  const DebugType& definition(const DebugType& type) const;

  std::vector<DebugType> types_;
  std::vector<size_t> by_name_;  // indices of those with a name, by name; definitions first
};

}  // namespace emu::debugger
