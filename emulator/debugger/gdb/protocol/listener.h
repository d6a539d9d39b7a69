// Waits for a client on a TCP port.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "emulator/debugger/gdb/protocol/transport.h"
#include "emulator/kernel/files/descriptor.h"

namespace emu::debugger::gdb {

// Where to listen. Whoever can reach it can run and read everything in the guest, so it is this machine alone
// unless the user says otherwise.
struct Endpoint {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: any that is free

  bool operator==(const Endpoint&) const = default;
};

// Reads "[HOST:]PORT"; HOST may be a name, an IPv4 address or an IPv6 address in brackets. A failure is a
// sentence for the user.
tl::expected<Endpoint, std::string> parse_endpoint(std::string_view text);

class Listener {
 public:
  // Begins to listen. A failure is a sentence for the user.
  static tl::expected<Listener, std::string> open(const Endpoint& endpoint);

  // Returns where it listens, with the port that was picked when the endpoint left that open.
  const Endpoint& endpoint() const { return endpoint_; }

  // Waits for the next client.
  tl::expected<std::unique_ptr<Transport>, std::string> accept() const;

 private:
  Listener(Descriptor socket, Endpoint endpoint)
      : socket_(std::move(socket)), endpoint_(std::move(endpoint)) {}

  Descriptor socket_;
  Endpoint endpoint_;
};

std::string to_text(const Endpoint& endpoint);

}  // namespace emu::debugger::gdb
