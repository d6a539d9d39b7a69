// Packets on the wire: `$data#checksum`, single characters between them (GDB manual, E.1 "Overview", E.9
// "Interrupts", E.11 "Packet Acknowledgment").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emu::debugger::gdb {

// The most characters that the data of a packet may have, in either direction, before anything is unescaped.
inline constexpr size_t kLargestPacket = size_t{16} * 1024;

// Makes a packet of `data`: escaped, runs shortened, with its checksum.
std::string frame_packet(std::string_view data);

// What comes of the client's bytes.
struct WireEvent {
  enum class Kind : uint8_t {
    Packet,        // `data`: unescaped
    Damaged,       // a packet with a wrong checksum or a broken escape, or a longer one than kLargestPacket
    Acknowledged,  // '+'
    Retransmit,    // '-': the client wants our last packet again
    Interrupt,     // 0x03 between packets
  };
  Kind kind = Kind::Packet;
  std::string data;

  bool operator==(const WireEvent&) const = default;
};

// Finds packets in a stream of bytes. Whatever the bytes are, it holds no more than one packet of the largest
// size, and the next '$' starts afresh.
//
//   Between     '$' -> Data; anything else is an event of its own, or noise
//   Data        '#' -> FirstDigit; '$' -> Data, afresh (what came before had lost its end)
//   FirstDigit  -> SecondDigit
//   SecondDigit -> Between, with an event
class PacketReader {
 public:
  std::optional<WireEvent> push(char byte);

  // Tells whether the stream would end in the middle of a packet if it ended here.
  bool in_packet() const { return state_ != State::Between; }

 private:
  enum class State : uint8_t { Between, Data, FirstDigit, SecondDigit };

  void begin();
  void add(char byte);
  std::optional<WireEvent> between(char byte);
  WireEvent finish(char last_digit);

  State state_ = State::Between;
  std::string data_;
  size_t length_ = 0;  // of the data as it came
  uint8_t sum_ = 0;
  char first_digit_ = 0;
  bool escaped_ = false;
};

}  // namespace emu::debugger::gdb
