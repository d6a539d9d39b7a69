// `!wsle`: the working set, page by page.
#pragma once

#include <span>
#include <string>

#include "emulator/debugger/memory/words.h"
#include "mm/inspect/working_set_view.h"

namespace emu::debugger {

// Lists the pages in the order in which they came in.
std::string working_set_text(std::span<const mm::WorkingSetPage> entries);
// {"pages", "entries": [{"address", "frame", "pte", "age", "accessed", "dirty", "protection"}]}
Json working_set_json(std::span<const mm::WorkingSetPage> entries);

}  // namespace emu::debugger
