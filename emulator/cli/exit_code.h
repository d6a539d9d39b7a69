// What `pagewalk` exits with when it is not the guest's own exit code.
#pragma once

namespace emu::exit_code {

inline constexpr int kLimit = 124;      // a limit stopped the guest
inline constexpr int kFailure = 125;    // Pagewalk itself could not: usage, no PE image, an unresolved import
inline constexpr int kException = 126;  // an exception that the guest did not handle

}  // namespace emu::exit_code
