// A translation told step by step, in the manner of a textbook: the linear address split into its fields, the
// directory entry, the table entry, the physical address, or why there is none.
#pragma once

#include <cstdint>
#include <string>

#include "mm/x86/walk.h"

namespace mm {

// Whether there are VADs beside the page tables, to which an entry that is all zero leaves the decision.
enum class Vads : uint8_t { Known, Unknown };

// `walk` is what x86::walk(memory, root, address) returned. Several lines, each ended by a line feed.
std::string translation_text(VirtualAddress address, const x86::Walk& walk, Vads vads);

}  // namespace mm
