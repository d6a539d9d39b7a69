// A type's members as dt lists them: those of base classes and of anonymous members among its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/debugger/memory/memory_view.h"
#include "emulator/debugger/symbols/debug_types.h"

namespace emu::debugger {

struct Field {
  std::string name;  // "__VFN_table": the pointer to the virtual functions
  std::optional<uint32_t>
      offset;  // bytes from the beginning of the type around all; none: static, or unknown
  const DebugMember* member = nullptr;  // its type and its bits
  const DebugType* around = nullptr;    // whose member it is
};

// Lists the members of `type`. `memory` and `at` are an object's, which tells where its virtual bases are;
// without an object those have no offset.
std::vector<Field> fields_of(const DebugTypes& types, const DebugType& type, const MemoryView* memory,
                             std::optional<mm::VirtualAddress> at);

}  // namespace emu::debugger
