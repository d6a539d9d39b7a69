// Processes and threads, and how the protocol names them (GDB manual, E.2 "Packets": thread-id syntax):
// `TID`, or `pPID.TID` once both sides have agreed on multiprocess; -1 is all, 0 is any. As on Windows, no
// two threads have the same number, whatever process they are of.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emu::debugger::gdb {

struct ProcessId {
  uint32_t value = 0;
  auto operator<=>(const ProcessId&) const = default;
};

struct ThreadId {
  uint32_t value = 0;
  auto operator<=>(const ThreadId&) const = default;
};

struct ThreadKey {
  ProcessId process;
  ThreadId thread;
  auto operator<=>(const ThreadKey&) const = default;
};

enum class ThreadNaming : uint8_t { ThreadOnly, ProcessAndThread };
std::string to_text(ThreadKey key, ThreadNaming naming);

// What a thread-id of the client covers. A part without a value is "any" or "all".
struct ThreadPattern {
  std::optional<ProcessId> process;
  std::optional<ThreadId> thread;

  bool matches(ThreadKey key) const {
    return (!process || *process == key.process) && (!thread || *thread == key.thread);
  }
  bool operator==(const ThreadPattern&) const = default;
};

// Reads a thread-id; nothing when `text` is none.
std::optional<ThreadPattern> thread_pattern(std::string_view text);

}  // namespace emu::debugger::gdb
