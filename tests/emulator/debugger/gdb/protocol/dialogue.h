// A client that asks for one packet after the other, without a wire between.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/debugger/gdb/protocol/packets.h"
#include "tests/emulator/debugger/gdb/protocol/fake_target.h"

namespace emu::debugger::gdb::test {

inline StopReply stopped(ThreadKey thread) {
  return ThreadStopped{thread, Signal::Trap, reason::Plain{}, ""};
}

struct Dialogue {
  Dialogue() { conversation.set_stop(stopped(kMain)); }

  // What a client with every feature says first.
  void agree() { ask("qSupported:multiprocess+;swbreak+;hwbreak+;exec-events+;no-resumed+"); }

  std::vector<std::string> ask_for_all(std::string_view packet) {
    Answer answer = answer_packet(conversation, packet);
    request = answer.request;
    return answer.packets;
  }
  // The one answer, or "(none)".
  std::string ask(std::string_view packet) {
    const auto answers = ask_for_all(packet);
    return answers.empty() ? "(none)" : answers.back();
  }
  // The answer `packet` gets when the guest stands still for another reason.
  std::string ask_stop(const StopReply& stop) {
    conversation.set_stop(stop);
    return ask("?");
  }

  FakeTarget target;
  Conversation conversation{target};
  std::optional<Request> request;  // of the last packet
};

}  // namespace emu::debugger::gdb::test
