// Text of the host as the guest's: UTF-8 to UTF-16.
#pragma once

#include <string>
#include <string_view>

namespace emu {

// What is not UTF-8 becomes U+FFFD, byte by byte.
std::u16string to_utf16(std::string_view text);

}  // namespace emu
