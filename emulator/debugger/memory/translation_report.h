// `!vtop`: an address translated step by step.
#pragma once

#include <string>

#include "emulator/debugger/memory/words.h"
#include "mm/inspect/page_story.h"

namespace emu::debugger {

std::string translation_report_text(const mm::PageStory& story);
// {"address", "directory", "pde_at", "pde", "pte_at", "pte", "physical"}; null where the walk did not come.
Json translation_report_json(const mm::PageStory& story);

}  // namespace emu::debugger
