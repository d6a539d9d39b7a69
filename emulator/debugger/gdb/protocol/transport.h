// A way for bytes to and from one client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace emu::debugger::gdb {

class Transport {
 public:
  enum class Patience : uint8_t { Wait, Poll };

  struct Received {
    enum class State : uint8_t { Data, Nothing, Closed };
    State state = State::Closed;
    size_t size = 0;  // with Data: at least 1
  };

  virtual ~Transport() = default;

  // Returns what has arrived, as much as fits; Nothing only with Poll. After Closed nothing comes any more.
  virtual Received receive(std::span<char> to, Patience patience) = 0;
  // Tells whether receive() has something to tell: data, or the end. Safe in signal handlers.
  virtual bool has_news() const { return true; }
  // Sends all of `bytes`, and waits while the client does not read. False when the client has gone.
  virtual bool send(std::string_view bytes) = 0;
};

}  // namespace emu::debugger::gdb
