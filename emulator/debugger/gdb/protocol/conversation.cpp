#include "emulator/debugger/gdb/protocol/conversation.h"

#include <algorithm>

namespace emu::debugger::gdb {

std::optional<ProcessId> Conversation::selected_process() const {
  const auto thread = selected();
  return thread ? std::optional(thread->process) : std::nullopt;
}

std::optional<ThreadKey> Conversation::find(ThreadPattern pattern) const {
  const auto* stopped = std::get_if<ThreadStopped>(&stop_);
  std::optional<ThreadKey> first, selected;
  for (const ThreadInfo& info : target_->threads()) {
    if (!pattern.matches(info.key)) continue;
    if (stopped != nullptr && stopped->thread == info.key) return info.key;
    if (!selected && selected_.matches(info.key)) selected = info.key;
    if (!first) first = info.key;
  }
  return selected ? selected : first;
}

std::optional<ThreadKey> Conversation::find(std::string_view text) const {
  const auto pattern = thread_pattern(text);
  return pattern ? find(*pattern) : std::nullopt;
}

void Conversation::set_stop(const StopReply& stop) {
  stop_ = stop;
  resumed = {};
  const auto* thread = std::get_if<ThreadStopped>(&stop);
  selected_ =
      thread != nullptr ? ThreadPattern{thread->thread.process, thread->thread.thread} : ThreadPattern{};
}

}  // namespace emu::debugger::gdb
