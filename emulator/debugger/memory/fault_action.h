// Tells what the memory manager did in a fault: each event as a sentence.
#pragma once

#include <string>
#include <vector>

#include "emulator/debugger/memory/names.h"
#include "mm/inspect/fault_story.h"

namespace emu::debugger {

std::vector<std::string> action_words(const mm::FaultStory& story, const ProcessNamer& names);

}  // namespace emu::debugger
