// Tells whether a name matches an expression with wildcards, as a file system's directory query does
// ([MS-FSA] 2.1.4.4, "Algorithm for Determining if a FileName Is in an Expression"):
//   *  any characters               ?  one character
//   <  (DOS_STAR) any characters up to the last dot
//   >  (DOS_QM) one character, or none at a dot or the end
//   "  (DOS_DOT) a dot, or nothing at the end
#pragma once

#include <string_view>

namespace emu {

// Without regard to case.
bool matches_expression(std::u16string_view name, std::u16string_view expression);

}  // namespace emu
