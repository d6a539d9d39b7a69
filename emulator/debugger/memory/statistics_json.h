// The memory manager's counts as JSON: the names that the debugger's commands and `--stats=json` share.
#pragma once

#include "emulator/debugger/memory/words.h"
#include "mm/inspect/statistics.h"

namespace emu::debugger {

// Frames by where they are.
Json physical_json(const mm::PhysicalStatistics& physical);

Json commit_json(const mm::CommitStatistics& commit);

// Says whether the pages that were read and written are counted besides the operations that moved them.
enum class MovedPages : uint8_t { Left, Counted };
Json paging_file_json(const mm::PagingFileStatistics& file, MovedPages moved);

}  // namespace emu::debugger
