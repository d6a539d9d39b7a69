#include "emulator/debugger/gdb/protocol/listener.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "emulator/debugger/gdb/protocol/descriptor_transport.h"

namespace emu::debugger::gdb {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

constexpr int kOn = 1;

tl::unexpected<std::string> failure(const Endpoint& endpoint, const char* why) {
  return tl::unexpected(fmt::format("cannot listen on {}: {}", to_text(endpoint), why));
}

tl::expected<Addresses, std::string> resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int result =
      ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (result != 0) return failure(endpoint, ::gai_strerror(result));
  return Addresses(found, &::freeaddrinfo);
}

Descriptor listening_socket(const addrinfo& address) {
  Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return {};
  // Else a port stays taken for a minute after its last client.
  ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn);
  const bool listens =
      ::bind(socket.number(), address.ai_addr, address.ai_addrlen) == 0 && ::listen(socket.number(), 1) == 0;
  return listens ? std::move(socket) : Descriptor();
}

uint16_t port_of(const Descriptor& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  // The port lies at the same place for IPv4 and IPv6.
  sockaddr_in address{};
  std::memcpy(&address, &storage, sizeof address);
  return ntohs(address.sin_port);
}

}  // namespace

std::string to_text(const Endpoint& endpoint) {
  const bool needs_brackets = endpoint.host.find(':') != std::string::npos;
  return needs_brackets ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                        : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

tl::expected<Endpoint, std::string> parse_endpoint(std::string_view text) {
  Endpoint endpoint;
  std::string_view port = text;
  if (const size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!host.empty()) endpoint.host = host;
  }
  const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (problem != std::errc() || end != port.data() + port.size())
    return tl::unexpected(fmt::format("\"{}\" is not [HOST:]PORT with a port up to 65535", text));
  return endpoint;
}

tl::expected<Listener, std::string> Listener::open(const Endpoint& endpoint) {
  const auto addresses = resolve(endpoint);
  if (!addresses) return tl::unexpected(addresses.error());
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    Descriptor socket = listening_socket(*address);
    if (!socket.valid()) continue;
    const uint16_t port = port_of(socket);
    return Listener(std::move(socket), {endpoint.host, port});
  }
  return failure(endpoint, std::strerror(errno));
}

tl::expected<std::unique_ptr<Transport>, std::string> Listener::accept() const {
  int number = -1;
  do {
    number = ::accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC);
  } while (number < 0 && (errno == EINTR || errno == ECONNABORTED));
  Descriptor client(number);
  Descriptor again(client.valid() ? ::fcntl(number, F_DUPFD_CLOEXEC, 0) : -1);
  if (!again.valid()) return tl::unexpected(fmt::format("cannot take a client: {}", std::strerror(errno)));
  // Packets are small and each one waits for the other: nothing is won by collecting them.
  ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof kOn);
  return std::make_unique<DescriptorTransport>(std::move(client), std::move(again));
}

}  // namespace emu::debugger::gdb
