// The XML documents about what the target holds just now (GDB manual, E.14 "Library List Format", E.16
// "Memory Map Format", E.17 "Thread List Format").
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "emulator/debugger/gdb/protocol/target.h"
#include "emulator/debugger/gdb/protocol/thread_key.h"

namespace emu::debugger::gdb {

std::string thread_list(std::span<const ThreadInfo> threads, ThreadNaming naming);
// How a client hears where a library lies on Windows: GDB takes the address of a <segment> for its .text's,
// LLDB that of a <section> for its base.
enum class LibraryPlace : uint8_t { TextSegment, BaseSection };
std::string library_list(std::span<const Image> libraries, LibraryPlace place);
std::string memory_map(std::span<const AddressRange> ranges);

}  // namespace emu::debugger::gdb
