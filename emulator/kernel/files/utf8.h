// Text of the guest as the host's: UTF-16 to UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace emu {

// Converts `text`; a surrogate without its partner becomes U+FFFD.
std::string to_utf8(std::u16string_view text);

}  // namespace emu
