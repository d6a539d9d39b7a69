// Packets to and from one client: checked, acknowledged, sent again when the client asks for it (GDB manual,
// E.11 "Packet Acknowledgment").
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/debugger/gdb/protocol/conversation.h"
#include "emulator/debugger/gdb/protocol/packet.h"
#include "emulator/debugger/gdb/protocol/transport.h"

namespace emu::debugger::gdb {

//
// A peer that does not begin as every client of this protocol does, with a sign or a packet, is no client and
// is treated as gone: a page in the user's browser can send what it likes to a port of this machine, but not
// without HTTP's words before it.
class Connection {
 public:
  enum class News : uint8_t { None, Interrupt, Closed };

  explicit Connection(Transport& transport) : transport_(&transport) {}

  // Waits for the next packet and returns its data. Nothing when the client has gone; a packet that it left
  // unfinished is lost. An interrupt that arrives here came too late, for the guest stands still already.
  std::optional<std::string> receive();
  void send(std::string_view data);

  // Returns what the client wants while the guest runs. Does not wait, and looks at no more than one buffer
  // full. A client has no packets to send then; if it does, a few are kept for later and the rest is lost.
  News poll(Transport::Patience patience);

  void set_acknowledgements(Acknowledgements acknowledgements) { acknowledgements_ = acknowledgements; }

 private:
  static constexpr size_t kMostKept = 4;

  std::optional<WireEvent> next_event();
  bool fill(Transport::Patience patience);
  bool begins_rightly(char first);
  void acknowledge(char sign);
  void write(std::string_view bytes);

  Transport* transport_;
  PacketReader reader_;
  Acknowledgements acknowledgements_ = Acknowledgements::Sent;
  bool begun_ = false;
  bool closed_ = false;
  std::array<char, 4096> buffer_{};
  std::string_view unread_;  // in buffer_
  std::deque<std::string> kept_;
  std::string last_frame_;
};

}  // namespace emu::debugger::gdb
