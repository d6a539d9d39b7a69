#include "emulator/debugger/gdb/protocol/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "emulator/debugger/gdb/protocol/descriptor_transport.h"

namespace emu::debugger::gdb::test {
namespace {

using State = Transport::Received::State;

Descriptor connected_to(uint16_t port) {
  Descriptor client(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int result = ::connect(client.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  REQUIRE(result == 0);
  return client;
}

TEST_CASE("gdb: endpoints are on this machine unless they say otherwise") {
  CHECK(parse_endpoint("1234").value() == Endpoint{"127.0.0.1", 1234});
  CHECK(parse_endpoint(":1234").value() == Endpoint{"127.0.0.1", 1234});
  CHECK(parse_endpoint("0").value() == Endpoint{"127.0.0.1", 0});
  CHECK(parse_endpoint("0.0.0.0:65535").value() == Endpoint{"0.0.0.0", 65535});
  CHECK(parse_endpoint("[::1]:1").value() == Endpoint{"::1", 1});
  CHECK(to_text({"::1", 1}) == "[::1]:1");
  for (const char* text : {"", ":", "host:", "65536", "-1", "1x", "x", "host:1 "}) {
    CAPTURE(text);
    CHECK_FALSE(parse_endpoint(text).has_value());
  }
}

TEST_CASE("gdb: a client's bytes arrive, and ours at the client") {
  const auto listener = Listener::open({});
  REQUIRE(listener);
  REQUIRE(listener->endpoint().port != 0);
  const Descriptor client = connected_to(listener->endpoint().port);
  const auto transport = listener->accept();
  REQUIRE(transport);

  std::array<char, 16> buffer{};
  CHECK((*transport)->receive(buffer, Transport::Patience::Poll).state == State::Nothing);
  REQUIRE(::write(client.number(), "abc", 3) == 3);
  const auto received = (*transport)->receive(buffer, Transport::Patience::Wait);
  CHECK(received.state == State::Data);
  CHECK(std::string(buffer.data(), received.size) == "abc");

  REQUIRE((*transport)->send("defg"));
  std::array<char, 4> answer{};
  REQUIRE(::recv(client.number(), answer.data(), answer.size(), MSG_WAITALL) == 4);
  CHECK(std::string(answer.data(), answer.size()) == "defg");
}

TEST_CASE("gdb: a client that goes is seen to go, waiting or not, and writing to it is no signal") {
  const auto listener = Listener::open({});
  REQUIRE(listener);
  auto client = connected_to(listener->endpoint().port);
  const auto transport = listener->accept();
  REQUIRE(transport);
  client = Descriptor();
  std::array<char, 16> buffer{};
  CHECK((*transport)->receive(buffer, Transport::Patience::Wait).state == State::Closed);
  CHECK((*transport)->receive(buffer, Transport::Patience::Poll).state == State::Closed);
  bool sent = true;
  for (int i = 0; i < 1000 && sent; ++i) sent = (*transport)->send("more and more of it");
  CHECK_FALSE(sent);
}

TEST_CASE("gdb: a port that is taken, or a host that does not exist, is a sentence") {
  const auto first = Listener::open({});
  REQUIRE(first);
  const auto second = Listener::open(first->endpoint());
  REQUIRE_FALSE(second);
  CHECK(second.error().starts_with("cannot listen on 127.0.0.1:"));
  CHECK_FALSE(Listener::open({"999.999.999.999", 0}).has_value());
}

}  // namespace
}  // namespace emu::debugger::gdb::test
