// A wire to a client whose words are written down beforehand.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "emulator/debugger/gdb/protocol/transport.h"

namespace emu::debugger::gdb::test {

// The client sends `input`, in pieces of at most `piece`. When that is used up, it has gone as soon as
// someone waits for it.
class ScriptedTransport final : public Transport {
 public:
  Received receive(std::span<char> to, Patience patience) override {
    const size_t size = std::min({to.size(), input.size(), piece});
    if (size == 0 && patience == Patience::Poll) return {Received::State::Nothing, 0};
    if (size == 0) return {Received::State::Closed, 0};
    std::copy_n(input.begin(), size, to.begin());
    input.erase(0, size);
    return {Received::State::Data, size};
  }
  bool send(std::string_view bytes) override {
    output += bytes;
    return true;
  }

  std::string input;
  std::string output;
  size_t piece = 4096;
};

// `data`, which needs no escapes, as a packet; written from the manual alone.
inline std::string plain_frame(std::string_view data) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  unsigned sum = 0;
  for (const char c : data) sum += static_cast<unsigned char>(c);
  return "$" + std::string(data) + "#" + kDigits[sum >> 4 & 0xf] + kDigits[sum & 0xf];
}

}  // namespace emu::debugger::gdb::test
