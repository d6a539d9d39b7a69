#include "emulator/debugger/gdb/protocol/connection.h"

#include <utility>

namespace emu::debugger::gdb {

std::optional<std::string> Connection::receive() {
  while (kept_.empty()) {
    while (auto event = next_event()) {
      switch (event->kind) {
        case WireEvent::Kind::Packet: acknowledge('+'); return std::move(event->data);
        case WireEvent::Kind::Damaged: acknowledge('-'); break;
        case WireEvent::Kind::Retransmit: write(last_frame_); break;
        case WireEvent::Kind::Acknowledged:
        case WireEvent::Kind::Interrupt: break;
      }
    }
    if (!fill(Transport::Patience::Wait)) return std::nullopt;
  }
  std::string packet = std::move(kept_.front());
  kept_.pop_front();
  return packet;
}

Connection::News Connection::poll(Transport::Patience patience) {
  if (unread_.empty() && !fill(patience)) return closed_ ? News::Closed : News::None;
  while (auto event = next_event()) {
    switch (event->kind) {
      case WireEvent::Kind::Interrupt: return News::Interrupt;
      case WireEvent::Kind::Packet:
        if (kept_.size() == kMostKept) break;
        acknowledge('+');
        kept_.push_back(std::move(event->data));
        break;
      case WireEvent::Kind::Damaged: acknowledge('-'); break;
      case WireEvent::Kind::Retransmit: write(last_frame_); break;
      case WireEvent::Kind::Acknowledged: break;
    }
  }
  return closed_ ? News::Closed : News::None;
}

void Connection::send(std::string_view data) {
  last_frame_ = frame_packet(data);
  write(last_frame_);
}

// Of what has been received; nothing when that is used up.
std::optional<WireEvent> Connection::next_event() {
  while (!unread_.empty()) {
    const char byte = unread_.front();
    unread_.remove_prefix(1);
    if (auto event = reader_.push(byte)) return event;
  }
  return std::nullopt;
}

// False when there is nothing.
bool Connection::fill(Transport::Patience patience) {
  if (closed_) return false;
  const Transport::Received received = transport_->receive(buffer_, patience);
  const bool data = received.state == Transport::Received::State::Data;
  closed_ =
      received.state == Transport::Received::State::Closed || (data && !begins_rightly(buffer_.front()));
  if (closed_ || !data) return false;
  unread_ = std::string_view(buffer_.data(), received.size);
  return true;
}

bool Connection::begins_rightly(char first) {
  if (begun_) return true;
  begun_ = first == '+' || first == '-' || first == '$' || first == '\x03';
  return begun_;
}

void Connection::acknowledge(char sign) {
  if (acknowledgements_ == Acknowledgements::Sent) write(std::string_view(&sign, 1));
}

void Connection::write(std::string_view bytes) {
  if (!closed_ && !bytes.empty() && !transport_->send(bytes)) closed_ = true;
}

}  // namespace emu::debugger::gdb
