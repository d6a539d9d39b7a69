// `!pfn`: one frame, as the PFN database knows it. `!ptov`: where it is mapped.
#pragma once

#include <span>
#include <string>

#include "emulator/debugger/memory/names.h"
#include "emulator/debugger/memory/words.h"
#include "mm/inspect/frame_view.h"

namespace emu::debugger {

// Says what a frame is used for: "a page of process 4 at 0x00401000", "a page table of process 4, for
// 0x00400000-0x007fffff", "free", ...
std::string role_words(const mm::FrameView& frame, const ProcessNamer& names);

// Shows the frame in WinDbg's layout.
std::string frame_text(const mm::FrameView& frame, const ProcessNamer& names);
// {"frame", "state", "priority", "age", "role", "address_space", "address", "pte_at", "pte", "original_pte",
//  "modified", "share_count", "reference_count", "used_entries", "next", "previous"}
Json frame_json(const mm::FrameView& frame);

std::string mappings_text(mm::PageFrameNumber frame, std::span<const mm::FrameMapping> mappings,
                          const ProcessNamer& names);
// {"frame", "mappings": [{"address_space", "address", "entry"}]}; "address_space" null: in every one.
Json mappings_json(mm::PageFrameNumber frame, std::span<const mm::FrameMapping> mappings);

}  // namespace emu::debugger
