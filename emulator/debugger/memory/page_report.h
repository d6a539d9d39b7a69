// `!pte`: the entries that map an address, and everything joined to them.
#pragma once

#include <string>

#include "emulator/debugger/memory/names.h"
#include "emulator/debugger/memory/words.h"
#include "mm/inspect/page_story.h"

namespace emu::debugger {

// The bits of a valid entry in WinDbg's columns (its documentation of !pte): copy on write, global, large,
// dirty, accessed, cache disabled, write-through, user or kernel, writeable or read-only, executable, valid.
std::string entry_letters(mm::x86::Pte entry);

// Returns WinDbg's two columns, then in words what the entry, the VAD, the frame and the slot say.
std::string page_text(const mm::PageStory& story, const ProcessNamer& names);
// {"address", "address_space", "directory", "pde_address", "pde", "pde_words", "pte_address", "pte", "kind",
//  "pte_words", "physical", "committed", "protection", "vad", "frame", "working_set", "slot"}
Json page_json(const mm::PageStory& story);

}  // namespace emu::debugger
