// The wire format. Expected bytes: the examples of the GDB manual's "Remote Protocol" appendix, and sums by
// hand.
#include "emulator/debugger/gdb/protocol/packet.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "tests/emulator/debugger/gdb/protocol/scripted_transport.h"

namespace emu::debugger::gdb::test {
namespace {

using Kind = WireEvent::Kind;

std::vector<WireEvent> events_of(std::string_view bytes) {
  PacketReader reader;
  std::vector<WireEvent> events;
  for (const char byte : bytes)
    if (auto event = reader.push(byte)) events.push_back(*event);
  return events;
}

// A frame's data, as the manual tells a client to read it.
std::string unframed(std::string_view frame) {
  std::string data;
  const std::string_view body = frame.substr(1, frame.size() - 4);
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '}') {
      data += static_cast<char>(body[++i] ^ 0x20);
    } else if (body[i] == '*') {
      data.append(static_cast<size_t>(body[++i] - 29), data.back());
    } else {
      data += body[i];
    }
  }
  return data;
}

TEST_CASE("gdb: a packet ends with the sum of its characters") {
  CHECK(frame_packet("OK") == "$OK#9a");  // 0x4f + 0x4b
  CHECK(frame_packet("") == "$#00");
  CHECK(frame_packet("E01") == "$E01#a6");
}

TEST_CASE("gdb: characters that mean something on the wire are escaped") {
  CHECK(frame_packet("$") == "$}\x04#81");  // 0x24 ^ 0x20
  CHECK(frame_packet("#") == "$}\x03#80");
  CHECK(frame_packet("}") == "$}]#da");
  CHECK(frame_packet("*") == "$}\n#87");
}

TEST_CASE("gdb: runs are shortened") {
  CHECK(frame_packet("0000") == "$0* #7a");  // the manual's example: "0* " is 0000
  CHECK(frame_packet("000") == "$000#90");   // nothing to be won
  CHECK(unframed(frame_packet(std::string(1000, 'x'))) == std::string(1000, 'x'));
  CHECK(frame_packet(std::string(1000, 'x')).size() < 50);
}

TEST_CASE("gdb: a run never has the length that '#' or '$' would stand for") {
  for (size_t length = 1; length < 300; ++length) {
    const std::string frame = frame_packet(std::string(length, 'a'));
    CHECK(unframed(frame) == std::string(length, 'a'));
    const std::string_view body = std::string_view(frame).substr(1, frame.size() - 4);
    CHECK(body.find_first_of("#$") == std::string_view::npos);
  }
}

TEST_CASE("gdb: what is framed can be read back") {
  CHECK(rc::check([](const std::string& data) {
    const std::string frame = frame_packet(data);
    RC_ASSERT(unframed(frame) == data);
  }));
}

TEST_CASE("gdb: packets, acknowledgements and interrupts are told apart") {
  const auto events = events_of("+$OK#9a-\x03noise$#00");
  const std::vector<WireEvent> expected{{Kind::Acknowledged, ""},
                                        {Kind::Packet, "OK"},
                                        {Kind::Retransmit, ""},
                                        {Kind::Interrupt, ""},
                                        {Kind::Packet, ""}};
  CHECK(events == expected);
}

TEST_CASE("gdb: inside a packet an interrupt's byte and signs are data") {
  CHECK(events_of(plain_frame("X\x03+-")) == std::vector<WireEvent>{{Kind::Packet, "X\x03+-"}});
}

TEST_CASE("gdb: escapes are undone after the sum is made") {
  CHECK(events_of("$}\x03}]#5d") == std::vector<WireEvent>{{Kind::Damaged, ""}});
  CHECK(events_of("$}\x03}]#5a") == std::vector<WireEvent>{{Kind::Packet, "#}"}});
}

TEST_CASE("gdb: a client's star is a star: only replies are shortened") {
  CHECK(events_of(plain_frame("a* ")) == std::vector<WireEvent>{{Kind::Packet, "a* "}});
}

TEST_CASE("gdb: damaged packets are known as such, and the next one is read") {
  const WireEvent damaged{Kind::Damaged, ""}, good{Kind::Packet, "OK"};
  CHECK(events_of("$OK#9b$OK#9a") == std::vector<WireEvent>{damaged, good});
  CHECK(events_of("$OK#zz$OK#9a") == std::vector<WireEvent>{damaged, good});
  CHECK(events_of("$OK$OK#9a") == std::vector<WireEvent>{damaged, good});
  CHECK(events_of("$OK#$OK#9a") == std::vector<WireEvent>{damaged, good});
  CHECK(events_of("$OK#9$OK#9a") == std::vector<WireEvent>{damaged, good});
  CHECK(events_of("$}#7d$OK#9a") == std::vector<WireEvent>{damaged, good});
}

TEST_CASE("gdb: the largest packet is read, a larger one is not") {
  const std::string largest(kLargestPacket, 'a');
  CHECK(events_of(plain_frame(largest)) == std::vector<WireEvent>{{Kind::Packet, largest}});
  CHECK(events_of(plain_frame(largest + "a") + "$OK#9a") ==
        std::vector<WireEvent>{{Kind::Damaged, ""}, {Kind::Packet, "OK"}});
}

TEST_CASE("gdb: after any bytes at all the next packet is read") {
  CHECK(rc::check([](const std::string& noise) {
    const auto events = events_of(noise + "$OK#9a");
    RC_ASSERT(!events.empty());
    RC_ASSERT(events.back() == (WireEvent{Kind::Packet, "OK"}));
  }));
}

}  // namespace
}  // namespace emu::debugger::gdb::test
