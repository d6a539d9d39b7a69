// Packets about the conversation itself, and the way to our own debugger's commands.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packet.h"
#include "emulator/debugger/gdb/protocol/packets.h"
#include "emulator/debugger/gdb/protocol/stop_text.h"

namespace emu::debugger::gdb {
namespace {

struct Feature {
  std::string_view text;
  bool ClientFeatures::*member;
};
constexpr std::array kClientFeatures =
    std::to_array<Feature>({{"multiprocess+", &ClientFeatures::multiprocess},
                            {"swbreak+", &ClientFeatures::swbreak},
                            {"hwbreak+", &ClientFeatures::hwbreak},
                            {"exec-events+", &ClientFeatures::exec_events},
                            {"no-resumed+", &ClientFeatures::no_resumed}});

// What a packet `O` can carry: two digits a character.
constexpr size_t kTextOfPacket = (kLargestPacket - 1) / 2;

}  // namespace

Answer tell_features(Conversation& conversation, std::string_view arguments) {
  Scanner scanner(arguments);
  scanner.skip(":");
  while (!scanner.at_end()) {
    const std::string_view feature = scanner.until(';');
    for (const Feature& known : kClientFeatures)
      if (feature == known.text) conversation.features.*known.member = true;
  }
  return reply(
      fmt::format("PacketSize={:x};QStartNoAckMode+;multiprocess+;swbreak+;hwbreak+;exec-events+;"
                  "no-resumed+;vContSupported+;qXfer:features:read+;qXfer:threads:read+;"
                  "qXfer:libraries:read+;qXfer:exec-file:read+;qXfer:memory-map:read+;qXfer:siginfo:read+",
                  kLargestPacket));
}

Answer start_without_acknowledgements(Conversation& conversation, std::string_view) {
  conversation.acknowledgements = Acknowledgements::Off;
  return ok();
}

Answer tell_stop(Conversation& conversation, std::string_view) { return reply(stop_text(conversation)); }

// 0: we started the program, so a client that quits kills it.
Answer tell_attached(Conversation&, std::string_view) { return reply("0"); }

// The client offers to look symbols up; we want none.
Answer tell_symbols_wanted(Conversation&, std::string_view) { return ok(); }

Answer run_monitor_command(Conversation& conversation, std::string_view arguments) {
  const auto command = text_from_hex(arguments);
  if (!command) return error(ErrorCode::Malformed);
  const auto [text, goes_further] = conversation.target().monitor(*command);
  Answer answer;
  for (size_t at = 0; at < text.size(); at += kTextOfPacket)
    answer.packets.push_back("O" + to_hex(std::string_view(text).substr(at, kTextOfPacket)));
  if (goes_further)
    answer.request = GoFurther{};
  else
    answer.packets.emplace_back("OK");
  return answer;
}

}  // namespace emu::debugger::gdb
