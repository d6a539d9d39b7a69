// File names as Windows compares and allows them (Microsoft, "Naming Files, Paths, and Namespaces"), and the
// way between the guest's UTF-16 and the host's UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emu {

inline constexpr size_t kLongestName = 255;  // UTF-16 units in one component, as NTFS

// The upper case of letters of the Latin, Greek and Cyrillic alphabets; other units stay. Does not depend on
// the host's locale.
char16_t upcase(char16_t unit);
std::u16string upcase(std::u16string_view text);

bool equal_but_for_case(std::u16string_view a, std::u16string_view b);

// The order in which NTFS lists a directory: without regard to case, then exactly.
bool listed_before(std::u16string_view a, std::u16string_view b);

// Whether a file system takes it as the name of one file: not empty, "." or "..", not too long, no control
// character, none of <>:"/\|?*, and half of no surrogate pair. Reserved names (CON, NUL) and dots and spaces
// at the end are refused or dropped by the guest's path functions, not here, so that \\?\ reaches them.
bool valid_name(std::u16string_view name);

// None for what is not well formed.
std::optional<std::u16string> to_guest(std::string_view utf8);
std::optional<std::string> to_host(std::u16string_view utf16);

}  // namespace emu
