#include "emulator/debugger/gdb/protocol/thread_key.h"

#include <fmt/core.h>

#include "emulator/debugger/gdb/protocol/hex.h"

namespace emu::debugger::gdb {
namespace {

// The outer one is missing when `text` is no number, the inner one when it is one of the two special ones.
template <class Id>
std::optional<std::optional<Id>> id(std::string_view text) {
  if (text == "-1") return std::optional<Id>();
  const auto value = number_from_hex(text);
  if (!value) return std::nullopt;
  return *value == 0 ? std::optional<Id>() : Id{*value};
}

}  // namespace

std::string to_text(ThreadKey key, ThreadNaming naming) {
  return naming == ThreadNaming::ThreadOnly ? fmt::format("{:x}", key.thread.value)
                                            : fmt::format("p{:x}.{:x}", key.process.value, key.thread.value);
}

std::optional<ThreadPattern> thread_pattern(std::string_view text) {
  Scanner scanner(text);
  ThreadPattern pattern;
  if (scanner.skip("p")) {
    const bool whole_process = text.find('.') == std::string_view::npos;
    const auto process = id<ProcessId>(scanner.until('.'));
    if (!process) return std::nullopt;
    pattern.process = *process;
    if (whole_process) return pattern;
  }
  const auto thread = id<ThreadId>(scanner.rest());
  if (!thread) return std::nullopt;
  pattern.thread = *thread;
  return pattern;
}

}  // namespace emu::debugger::gdb
