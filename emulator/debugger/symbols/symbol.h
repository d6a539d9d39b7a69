// A name for a place in an image.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace emu::debugger {

// Inlined: one place where a function was put into another.
enum class SymbolKind : uint8_t { Function, Data, Unknown, Inlined };
enum class SymbolScope : uint8_t {
  Public,
  Local
};  // Local: static to its file; the same name may occur again
enum class SymbolSource : uint8_t { Export, Coff, Debug };

struct Symbol {
  std::string name;       // for display: without the decorations of cdecl, stdcall, fastcall and C++
  std::string decorated;  // as in the file
  uint32_t address = 0;   // RVA
  SymbolKind kind = SymbolKind::Unknown;
  SymbolScope scope = SymbolScope::Public;
  SymbolSource source = SymbolSource::Coff;
  std::string signature{};  // of C++: with parameters; else empty

  bool operator==(const Symbol&) const = default;
};

// Takes the decoration off: "_main" becomes "main", "_Sleep@4" "Sleep", "@fast@8" "fast"; a name without
// decoration stays as it is. Source: Microsoft, "Decorated names", format of a C decorated name.
std::string_view undecorate(std::string_view name);

// Returns what lookups compare, since case does not count in WinDbg's symbols.
std::string lower_case(std::string_view text);

// Tells whether `name` matches `pattern`, in which * stands for any characters and ? for one; case does not
// count. Takes time in proportion to the product of both lengths at most.
bool matches_wildcard(std::string_view name, std::string_view pattern);

}  // namespace emu::debugger
