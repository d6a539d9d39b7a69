// The d commands: memory in WinDbg's layouts; ? for what cannot be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "emulator/debugger/memory/memory_view.h"
#include "emulator/debugger/memory/words.h"

namespace emu::debugger {

enum class DumpFormat : uint8_t {
  Bytes,        // db: with ASCII
  Words,        // dw
  DoubleWords,  // dd
  Characters,   // dc: double words with ASCII
  QuadWords,    // dq
  Ascii,        // da: up to a zero
  Unicode,      // du: UTF-16 up to a zero
};

// Returns the format that the letter behind the d stands for; none when it stands for none.
std::optional<DumpFormat> dump_format(char letter);
uint32_t unit_size(DumpFormat format);             // bytes
uint32_t usual_count(DumpFormat format);           // units that a dump without a range shows
inline constexpr uint32_t kMostDumped = 1u << 20;  // bytes

// What dump() makes of `count` units from `from` on, at most kMostDumped bytes.
struct Dump {
  std::string text;
  Json data;                // {"address", "unit_bytes", "values"}, null: not readable; or {"address", "text"}
  mm::VirtualAddress next;  // where the next dump goes on
};
Dump dump(const MemoryView& memory, mm::VirtualAddress from, DumpFormat format, uint32_t count);

}  // namespace emu::debugger
