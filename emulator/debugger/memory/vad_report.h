// `!vad`: the VADs of a process, or the one that holds an address.
#pragma once

#include <string>

#include "emulator/debugger/memory/words.h"
#include "mm/inspect/vad_view.h"

namespace emu::debugger {

// Describes a VAD in one line: "0x10000000-0x1000ffff (16 pages), private, PAGE_READWRITE, 7 pages
// committed".
std::string vad_words(const mm::VadView& vad);

// Shows the VADs in WinDbg's columns: level, first and last page number, commit, type, protection.
std::string vads_text(const mm::VadTreeView& tree);
// {"height", "vads": [...]}
Json vads_json(const mm::VadTreeView& tree);

// Shows all that is known of one VAD.
std::string vad_text(const mm::VadView& vad);
// {"start", "end", "pages", "type", "protection", "backing", "secured", "commit_charge", "committed_pages",
//  "valid_pages", "transition_pages", "paged_out_pages", "untouched_pages", "level"}
Json vad_json(const mm::VadView& vad);

}  // namespace emu::debugger
