// The names of C++ (Itanium C++ ABI, chapter 5.1, "External names"), read by the compiler's own library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/debugger/symbols/symbol.h"

namespace emu::debugger {

// Gives the symbols whose names are mangled ("_ZN2ns5Class6methodEi") their names for display
// ("ns::Class::method") and their signatures ("ns::Class::method(int)"). The file is not trusted: a name can
// be made such that it would never be read to its end; then all stay as they are.
void demangle(std::vector<Symbol>& symbols);

// A demangled function's name alone, as WinDbg shows it: "int ns::f<int>(char) const" -> "ns::f<int>". What
// is no function ("vtable for ns::Class") stays as it is.
std::string without_parameters(std::string_view signature);

}  // namespace emu::debugger
