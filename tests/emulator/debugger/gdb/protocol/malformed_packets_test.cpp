// Clients that say anything.
#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "emulator/debugger/gdb/protocol/session.h"
#include "tests/emulator/debugger/gdb/protocol/dialogue.h"
#include "tests/emulator/debugger/gdb/protocol/scripted_transport.h"

namespace emu::debugger::gdb::test {
namespace {

// Packets that a client really sends, to make others of.
const std::vector<std::string> kSeeds = {"qSupported:multiprocess+;swbreak+",
                                         "?",
                                         "g",
                                         "p8",
                                         "P8=00104000",
                                         "m401000,10",
                                         "M403000,2:aabb",
                                         "X403000,2:ab",
                                         "Hgp4.8",
                                         "Hc-1",
                                         "Tp4.8",
                                         "vCont;s:p4.8;c",
                                         "vCont;r401000,401010:p4.8",
                                         "Z0,401000,1",
                                         "z2,403000,4",
                                         "c",
                                         "S0b;401000",
                                         "D;4",
                                         "vKill;4",
                                         "k",
                                         "qRcmd,68656c6c6f",
                                         "qXfer:features:read:target.xml:0,ffb",
                                         "qXfer:threads:read::0,ffb",
                                         "qMemoryRegionInfo:401000",
                                         "qThreadExtraInfo,p4.8",
                                         "qGetTIBAddr:p4.8",
                                         "qHostInfo",
                                         "g;thread:8;"};

rc::Gen<std::string> damaged_packets() {
  return rc::gen::exec([] {
    std::string packet = *rc::gen::elementOf(kSeeds);
    const int edits = *rc::gen::inRange(0, 4);
    for (int i = 0; i < edits && !packet.empty(); ++i) {
      const auto at = *rc::gen::inRange<size_t>(0, packet.size());
      switch (*rc::gen::inRange(0, 3)) {
        case 0: packet[at] = *rc::gen::arbitrary<char>(); break;
        case 1: packet.erase(at, *rc::gen::inRange<size_t>(1, 4)); break;
        default: packet.insert(at, 1, *rc::gen::elementOf(std::string("0f,;:.=p-xX"))); break;
      }
    }
    return packet;
  });
}

TEST_CASE("gdb: any packet is answered, in a packet's size") {
  CHECK(rc::check([] {
    Dialogue dialogue;
    for (const std::string& packet : *rc::gen::container<std::vector<std::string>>(damaged_packets()))
      for (const std::string& answer : dialogue.ask_for_all(packet))
        RC_ASSERT(answer.size() <= kLargestPacket);
  }));
}

TEST_CASE("gdb: an error, or the empty answer, means that nothing has changed") {
  CHECK(rc::check([] {
    Dialogue dialogue;
    const std::string answer = dialogue.ask(*damaged_packets());
    const bool refused = answer.empty() || (answer.size() == 3 && answer[0] == 'E');
    if (refused) RC_ASSERT(dialogue.target.changes.empty());
    if (refused) RC_ASSERT(!dialogue.request.has_value());
  }));
}

TEST_CASE("gdb: packets with a wrong sum change nothing at all") {
  CHECK(rc::check([] {
    FakeTarget target;
    ScriptedTransport wire;
    for (const std::string& packet : *rc::gen::container<std::vector<std::string>>(damaged_packets())) {
      // What holds none of the wire's own characters, so that the sum is the packet's.
      if (packet.find_first_of("$#}") != std::string::npos) continue;
      std::string frame = plain_frame(packet);
      frame.back() = frame.back() == '0' ? '1' : '0';
      wire.input += frame;
    }
    Session session(target, wire);
    RC_ASSERT(session.serve_until_resume(stopped(kMain)) == Request(Disconnected{}));
    RC_ASSERT(target.changes.empty());
    RC_ASSERT(wire.output.find('$') == std::string::npos);
  }));
}

TEST_CASE("gdb: any bytes at all leave the session able to serve the next client's packet") {
  CHECK(rc::check([](const std::vector<uint8_t>& noise) {
    FakeTarget target;
    ScriptedTransport wire;
    wire.input = "+";
    wire.input.append(noise.begin(), noise.end());
    wire.input += "$qAttached#8f";
    Session session(target, wire);
    RC_ASSERT(session.serve_until_resume(stopped(kMain)) == Request(Disconnected{}));
    RC_ASSERT(wire.output.ends_with("+$0#30"));
  }));
}

}  // namespace
}  // namespace emu::debugger::gdb::test
