// How two texts differ, for a person to read.
#pragma once

#include <string>
#include <string_view>

namespace emu {

// Returns a unified diff, its parts named by the labels; empty when the texts are equal. Bytes that do not
// print are shown as \xNN, a missing line feed at the end as a line of its own. A diff of more than some
// hundreds of lines is cut.
std::string unified_difference(std::string_view expected, std::string_view actual,
                               std::string_view expected_label, std::string_view actual_label);

}  // namespace emu
