// The s command: where in a range memory holds some bytes. What cannot be read matches nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/debugger/memory/dump.h"
#include "emulator/debugger/memory/memory_view.h"
#include "emulator/debugger/memory/words.h"

namespace emu::debugger {

inline constexpr uint64_t kMostSearched = 256u << 20;  // bytes; WinDbg's own limit
inline constexpr size_t kMostFound = 4096;
inline constexpr size_t kLongestPattern = 1024;

// Return the patterns that s -a and s -u search for.
std::vector<uint8_t> ascii_pattern(std::string_view text);
std::vector<uint8_t> unicode_pattern(std::string_view text);

// Returns the first kMostFound matches that lie in [from, from + size), of which at most kMostSearched bytes
// are searched. Nothing is found for a pattern that is empty or longer than kLongestPattern.
std::vector<mm::VirtualAddress> search(const MemoryView& memory, mm::VirtualAddress from, uint64_t size,
                                       std::span<const uint8_t> pattern);

// Shows each match with 16 bytes from there on, as a dump in that format does.
std::string search_text(const MemoryView& memory, std::span<const mm::VirtualAddress> found,
                        DumpFormat format = DumpFormat::Bytes);
// {"matches": [...]}
Json search_json(std::span<const mm::VirtualAddress> found);

}  // namespace emu::debugger
