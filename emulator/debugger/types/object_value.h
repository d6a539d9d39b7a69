// What an object holds, read as its type says: in the words of WinDbg's dt or dv, and as data.
#pragma once

#include <span>
#include <string>

#include "emulator/debugger/memory/memory_view.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/symbols/debug_types.h"
#include "emulator/debugger/symbols/symbol_table.h"

namespace emu::debugger {

struct ShownValue {
  std::string text;
  // A number, a text, an address; of an enumeration {"value", "enumerator"}; null: cannot be read, or has
  // parts.
  Json data;
};

enum class ValueStyle : uint8_t {
  Field,    // dt: "0x00405064 _PEB", "1 ( Green )", "_LIST_ENTRY"
  Variable  // dv: "0x00405064", "Green (0n1)", "struct point at 003ffe30"
};

class ObjectValues {
 public:
  // All three live longer than this object.
  ObjectValues(const DebugTypes& types, const MemoryView& memory, const SymbolTable& symbols)
      : types_(types), memory_(memory), symbols_(symbols) {}

  ShownValue at(const DebugType& type, mm::VirtualAddress address, ValueStyle style) const;
  // Shows an object that lies in no memory by its bytes, of which there are at least as many as the type has.
  ShownValue of(const DebugType& type, std::span<const std::byte> bytes, ValueStyle style) const;
  // Shows a bit-field of the object at `address`.
  ShownValue bits(const DebugMember& member, mm::VirtualAddress address) const;

 private:
  ShownValue scalar(const DebugType& type, std::span<const std::byte> bytes, ValueStyle style) const;
  ShownValue pointer(const DebugType& plain, uint32_t value, ValueStyle style) const;
  ShownValue array(const DebugType& type, const DebugType& plain, mm::VirtualAddress address,
                   ValueStyle style) const;
  ShownValue structure(const DebugType& type, const DebugType& plain, mm::VirtualAddress address,
                       ValueStyle style) const;
  std::string structure_content(const DebugType& plain, mm::VirtualAddress address) const;
  // Returns the text at `address` in quotes; "" where nothing can be read.
  std::string text_at(mm::VirtualAddress address, TypeEncoding encoding, uint32_t most) const;

  const DebugTypes& types_;
  const MemoryView& memory_;
  const SymbolTable& symbols_;
};

}  // namespace emu::debugger
