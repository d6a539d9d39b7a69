#include "emulator/debugger/gdb/protocol/session.h"

#include <algorithm>
#include <utility>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packets.h"
#include "emulator/debugger/gdb/protocol/stop_text.h"

namespace emu::debugger::gdb {
namespace {

constexpr size_t kTextOfPacket = 1024;  // a quarter of a screen at a time: it appears as it is written

}  // namespace

Request Session::serve_until_resume(const StopReply& stop) {
  conversation_.set_stop(stop);
  if (phase_ == Phase::Running) connection_.send(stop_text(conversation_));
  return answer_packets();
}

Request Session::answer_monitor() {
  connection_.send("OK");
  return answer_packets();
}

Request Session::answer_packets() {
  phase_ = Phase::Stopped;
  while (const auto packet = connection_.receive()) {
    Answer answer = answer_packet(conversation_, *packet);
    for (const std::string& data : answer.packets) connection_.send(data);
    connection_.set_acknowledgements(conversation_.acknowledgements);
    if (!answer.request) continue;
    const bool monitoring = std::holds_alternative<GoFurther>(*answer.request);
    phase_ = monitoring ? Phase::Monitoring : Phase::Running;
    if (monitoring || std::holds_alternative<Resume>(*answer.request)) send_pending_text();
    return *std::move(answer.request);
  }
  return Disconnected{};
}

Session::Event Session::wait() {
  Event event = Event::None;
  while (event == Event::None) event = news(Transport::Patience::Wait);
  return event;
}

Session::Event Session::news(Transport::Patience patience) {
  switch (connection_.poll(patience)) {
    case Connection::News::None: return Event::None;
    case Connection::News::Interrupt: return Event::Interrupt;
    case Connection::News::Closed: return Event::Disconnected;
  }
  return Event::None;
}

void Session::print(std::string_view text) {
  pending_text_ += text;
  if (phase_ == Phase::Running || phase_ == Phase::Monitoring) send_pending_text();
}

void Session::send_text(std::string_view text) {
  for (size_t at = 0; at < text.size(); at += kTextOfPacket)
    connection_.send("O" + to_hex(text.substr(at, kTextOfPacket)));
}

}  // namespace emu::debugger::gdb
