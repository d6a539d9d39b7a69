// Types as WinDbg's dt writes them: "Int4B", "Ptr32 Char", "[4] _LIST_ENTRY".
#pragma once

#include <string>

#include "emulator/debugger/symbols/debug_types.h"

namespace emu::debugger {

std::string type_words(const DebugTypes& types, const DebugType& type);

// Writes a type as C does, without qualifiers: "point*", "unsigned int".
std::string c_words(const DebugTypes& types, const DebugType& type);

// Returns the kind of a type: "struct", "class", "union", "enum", "array" and so on.
const char* kind_words(const DebugTypes& types, const DebugType& type);

// Returns the encoding of a base type, and Other for other types. What C calls wchar_t is a typedef of a
// number.
TypeEncoding encoding_of(const DebugTypes& types, const DebugType& type);
bool is_character(TypeEncoding encoding);

bool has_members(const DebugType& type);

}  // namespace emu::debugger
