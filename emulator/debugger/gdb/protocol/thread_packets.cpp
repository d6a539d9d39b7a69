// Packets about threads: which there are, and which one the other packets mean.
#include <fmt/core.h>

#include <string>
#include <vector>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packet.h"
#include "emulator/debugger/gdb/protocol/packets.h"

namespace emu::debugger::gdb {
namespace {

std::optional<ThreadInfo> info_of(const Conversation& conversation, std::string_view text) {
  const auto key = conversation.find(text);
  if (!key) return std::nullopt;
  for (const ThreadInfo& info : conversation.target().threads())
    if (info.key == *key) return info;
  return std::nullopt;
}

std::string name_and_state(const ThreadInfo& info) {
  if (info.name.empty()) return info.state;
  return info.state.empty() ? info.name : info.name + ": " + info.state;
}

}  // namespace

Answer select_thread(Conversation& conversation, std::string_view arguments) {
  const auto thread = conversation.find(arguments);
  if (!thread) return error(ErrorCode::NoSuchThread);
  conversation.select({thread->process, thread->thread});
  return ok();
}

Answer select_resumed_thread(Conversation& conversation, std::string_view arguments) {
  const auto pattern = thread_pattern(arguments);
  if (!pattern || !conversation.find(*pattern)) return error(ErrorCode::NoSuchThread);
  conversation.resumed = *pattern;
  return ok();
}

Answer tell_current_thread(Conversation& conversation, std::string_view) {
  const auto thread = conversation.selected();
  return thread ? reply("QC" + to_text(*thread, conversation.naming())) : error(ErrorCode::NoSuchThread);
}

Answer tell_first_threads(Conversation& conversation, std::string_view arguments) {
  conversation.listed_threads = 0;
  return tell_more_threads(conversation, arguments);
}

Answer tell_more_threads(Conversation& conversation, std::string_view) {
  const std::vector<ThreadInfo> threads = conversation.target().threads();
  std::string text;
  for (; conversation.listed_threads < threads.size(); ++conversation.listed_threads) {
    const std::string id = to_text(threads[conversation.listed_threads].key, conversation.naming());
    if (text.size() + 1 + id.size() > kLargestPacket) break;
    text += (text.empty() ? "m" : ",") + id;
  }
  return reply(text.empty() ? "l" : text);
}

Answer tell_thread_state(Conversation& conversation, std::string_view arguments) {
  const auto info = info_of(conversation, arguments);
  if (!info) return error(ErrorCode::NoSuchThread);
  const std::string text = name_and_state(*info);
  // An empty packet would say that we do not know the question.
  return reply(to_hex(std::string_view(text.empty() ? " " : text).substr(0, kLargestPacket / 2)));
}

Answer tell_thread_alive(Conversation& conversation, std::string_view arguments) {
  return conversation.find(arguments) ? ok() : error(ErrorCode::NoSuchThread);
}

// The "thread information block" is the TEB.
Answer tell_thread_block(Conversation& conversation, std::string_view arguments) {
  const auto info = info_of(conversation, arguments);
  return info ? reply(fmt::format("{:x}", info->teb.value)) : error(ErrorCode::NoSuchThread);
}

}  // namespace emu::debugger::gdb
