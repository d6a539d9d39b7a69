// Text of the host as the guest's: UTF-8 to UTF-16.
#pragma once

#include <string>
#include <string_view>

namespace emu {

// Converts `text`; each byte that is not UTF-8 becomes U+FFFD.
std::u16string to_utf16(std::string_view text);

}  // namespace emu
