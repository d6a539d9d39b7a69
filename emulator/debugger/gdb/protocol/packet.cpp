#include "emulator/debugger/gdb/protocol/packet.h"

#include <algorithm>
#include <utility>

#include "emulator/debugger/gdb/protocol/hex.h"

namespace emu::debugger::gdb {
namespace {

constexpr char kStart = '$', kEnd = '#', kEscape = '}', kRun = '*', kInterrupt = 0x03;
constexpr unsigned kEscapeBit = 0x20;

constexpr bool must_escape(char c) { return c == kStart || c == kEnd || c == kEscape || c == kRun; }
constexpr char toggled(char c) { return static_cast<char>(static_cast<unsigned char>(c) ^ kEscapeBit); }

// A character, '*', and a printable character that is 29 more than how often the first one comes again: at
// least 3 times, and never '#' or '$' (6 and 7 times) nor past '~' (97 times).
constexpr size_t kShortestRun = 3, kLongestRun = 97, kRunOffset = 29;

constexpr size_t repeats_to_say(size_t repeats) {
  const size_t most = std::min(repeats, kLongestRun);
  return most == 6 || most == 7 ? 5 : most;
}
static_assert(repeats_to_say(3) + kRunOffset == ' ');
static_assert(repeats_to_say(7) + kRunOffset == '"');
static_assert(repeats_to_say(1000) + kRunOffset == '~');

void append_escaped(std::string& out, char c) {
  if (must_escape(c)) {
    out += kEscape;
    c = toggled(c);
  }
  out += c;
}

// Appends the characters of `rest` that are equal to its first one, and says how many they were.
size_t append_run(std::string& out, std::string_view rest) {
  const char c = rest.front();
  append_escaped(out, c);
  const size_t end = std::min(rest.find_first_not_of(c), rest.size());
  const size_t repeats = repeats_to_say(end - 1);
  if (must_escape(c) || repeats < kShortestRun) return 1;
  out += kRun;
  out += static_cast<char>(repeats + kRunOffset);
  return 1 + repeats;
}

uint8_t sum_of(std::string_view data) {
  unsigned sum = 0;
  for (const char c : data) sum += static_cast<unsigned char>(c);
  return static_cast<uint8_t>(sum);
}

}  // namespace

std::string frame_packet(std::string_view data) {
  std::string packet(1, kStart);
  while (!data.empty()) data.remove_prefix(append_run(packet, data));
  const std::byte sum{sum_of(std::string_view(packet).substr(1))};
  return packet + kEnd + to_hex(std::span(&sum, 1));
}

std::optional<WireEvent> PacketReader::push(char byte) {
  // Inside a packet both characters come escaped only, so they say where we are even after damage.
  if (byte == kStart) {
    const bool cut_short = in_packet();
    begin();
    return cut_short ? std::optional<WireEvent>({WireEvent::Kind::Damaged, {}}) : std::nullopt;
  }
  switch (state_) {
    case State::Between: return between(byte);
    case State::Data: add(byte); return std::nullopt;
    case State::FirstDigit:
      first_digit_ = byte;
      state_ = State::SecondDigit;
      return std::nullopt;
    case State::SecondDigit: state_ = State::Between; return finish(byte);
  }
  return std::nullopt;
}

std::optional<WireEvent> PacketReader::between(char byte) {
  switch (byte) {
    case '+': return WireEvent{WireEvent::Kind::Acknowledged, {}};
    case '-': return WireEvent{WireEvent::Kind::Retransmit, {}};
    case kInterrupt: return WireEvent{WireEvent::Kind::Interrupt, {}};
    default: return std::nullopt;
  }
}

void PacketReader::begin() {
  state_ = State::Data;
  data_.clear();
  length_ = 0;
  sum_ = 0;
  escaped_ = false;
}

void PacketReader::add(char byte) {
  if (byte == kEnd) {
    state_ = State::FirstDigit;
    return;
  }
  sum_ = static_cast<uint8_t>(sum_ + static_cast<unsigned char>(byte));
  if (length_ > kLargestPacket) return;
  ++length_;
  if (!escaped_ && byte == kEscape) {
    escaped_ = true;
    return;
  }
  data_ += escaped_ ? toggled(byte) : byte;
  escaped_ = false;
}

WireEvent PacketReader::finish(char last_digit) {
  const auto high = hex_digit(first_digit_);
  const auto low = hex_digit(last_digit);
  const bool sum_right = high && low && (*high << 4 | *low) == sum_;
  if (!sum_right || escaped_ || length_ > kLargestPacket) return {WireEvent::Kind::Damaged, {}};
  return {WireEvent::Kind::Packet, std::exchange(data_, {})};
}

}  // namespace emu::debugger::gdb
