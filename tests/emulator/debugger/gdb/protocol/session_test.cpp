// Whole conversations, byte by byte.
#include "emulator/debugger/gdb/protocol/session.h"

#include <catch2/catch_test_macros.hpp>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "tests/emulator/debugger/gdb/protocol/dialogue.h"
#include "tests/emulator/debugger/gdb/protocol/scripted_transport.h"

namespace emu::debugger::gdb::test {
namespace {

struct Talk {
  Request serve() { return session.serve_until_resume(stopped(kMain)); }
  // What has been sent since the last call.
  std::string sent() { return std::exchange(wire.output, {}); }

  FakeTarget target;
  ScriptedTransport wire;
  Session session{target, wire};
};

const Request kGone = Disconnected{};
const Request kRun = Resume{{{{}, ThreadAction{}}}};

TEST_CASE("gdb: packets are acknowledged and answered") {
  Talk talk;
  talk.wire.input = "$qAttached#8f+";
  CHECK(talk.serve() == kGone);
  CHECK(talk.sent() == "+$0#30");
}

TEST_CASE("gdb: a monitor command may go further before it is done, at the same stop") {
  Talk talk;
  talk.wire.input = "+" + plain_frame("Hgc") + plain_frame("qRcmd," + to_hex("further")) + plain_frame("qC");
  CHECK(talk.serve() == Request(GoFurther{}));
  CHECK(talk.sent() == "+" + plain_frame("OK") + "+" + plain_frame("O" + to_hex("one\n")));
  talk.session.print("two\n");  // at once, as what the guest writes meanwhile
  CHECK(talk.session.answer_monitor() == kGone);
  CHECK(talk.sent() == plain_frame("O" + to_hex("two\n")) + plain_frame("OK") + "+" + plain_frame("QCc"));
}

TEST_CASE("gdb: a wrong sum is not acknowledged, and nothing is done") {
  Talk talk;
  talk.wire.input = "$M403000,1:aa#00";
  CHECK(talk.serve() == kGone);
  CHECK(talk.sent() == "-");
  CHECK(talk.target.changes.empty());
}

TEST_CASE("gdb: the last packet is sent again when the client asks for it") {
  Talk talk;
  talk.wire.input = "$qAttached#8f--+";
  CHECK(talk.serve() == kGone);
  CHECK(talk.sent() == "+$0#30$0#30$0#30");
}

TEST_CASE("gdb: without acknowledgements there are none, from the next packet on") {
  Talk talk;
  talk.wire.input = "$QStartNoAckMode#b0+$qAttached#8f$g#00$qAttached#8f";
  CHECK(talk.serve() == kGone);
  CHECK(talk.sent() == "+$OK#9a$0#30$0#30");
}

TEST_CASE("gdb: bytes may come one at a time") {
  Talk talk;
  talk.wire.piece = 1;
  talk.wire.input = "+$qAttached#8f+$vMustReplyEmpty#3a+";
  CHECK(talk.serve() == kGone);
  CHECK(talk.sent() == "+$0#30+$#00");
}

TEST_CASE("gdb: the client asks for the first stop; the next ones are told") {
  Talk talk;
  talk.wire.input = "$QStartNoAckMode#b0" + plain_frame("vCont;c");
  CHECK(talk.serve() == kRun);
  CHECK(talk.sent() == "+$OK#9a");
  CHECK(talk.session.serve_until_resume(ProcessExited{kFirst, 7}) == kGone);
  CHECK(talk.sent() == "$W07#be");  // 0x57 + 0x30 + 0x37
}

TEST_CASE("gdb: console output appears while the guest runs") {
  Talk talk;
  talk.wire.input = "$QStartNoAckMode#b0" + plain_frame("vCont;c") + plain_frame("vCont;c");
  talk.session.print("A");
  CHECK(talk.serve() == kRun);
  CHECK(talk.sent() == "+$OK#9a$O41#b4");  // 0x4f + 0x34 + 0x31
  talk.session.print("B");
  CHECK(talk.sent() == "$O42#b5");
  CHECK(talk.session.serve_until_resume(ProcessExited{kFirst, 7}) == kRun);
  CHECK(talk.sent() == "$W07#be");
}

TEST_CASE("gdb: while the guest runs, the client may interrupt it") {
  Talk talk;
  talk.wire.input = plain_frame("c");
  CHECK(talk.serve() == kRun);
  CHECK(talk.session.poll() == Session::Event::None);
  talk.wire.input = "+";
  CHECK(talk.session.poll() == Session::Event::None);
  talk.wire.input = "\x03";
  CHECK(talk.session.poll() == Session::Event::Interrupt);
  CHECK(talk.session.poll() == Session::Event::None);
}

TEST_CASE("gdb: an interrupt that came right behind the packet that resumes is seen") {
  Talk talk;
  talk.wire.input = plain_frame("c") + "\x03";
  CHECK(talk.serve() == kRun);
  CHECK(talk.session.poll() == Session::Event::Interrupt);
}

TEST_CASE("gdb: an interrupt that comes after the stop is nothing") {
  Talk talk;
  talk.wire.input = plain_frame("c");
  CHECK(talk.serve() == kRun);
  talk.wire.input = "\x03$qAttached#8f";
  talk.sent();
  CHECK(talk.serve() == kGone);
  CHECK(talk.sent().ends_with("+$0#30"));
}

TEST_CASE(
    "gdb: packets that come while the guest runs are answered at the next stop, as long as they are few") {
  Talk talk;
  talk.wire.input = "$QStartNoAckMode#b0" + plain_frame("c");
  CHECK(talk.serve() == kRun);
  for (int i = 0; i < 1000; ++i) talk.wire.input += "$qAttached#8f";
  while (!talk.wire.input.empty()) CHECK(talk.session.poll() == Session::Event::None);
  talk.sent();
  CHECK(talk.session.serve_until_resume(ProcessExited{kFirst, 7}) == kGone);
  CHECK(talk.sent() == "$W07#be$0#30$0#30$0#30$0#30");
}

TEST_CASE("gdb: a browser is no client, whatever it hides in its request") {
  Talk talk;
  talk.wire.input = "POST / HTTP/1.1\r\nHost: 127.0.0.1:1234\r\n\r\n" + plain_frame("M403000,1:aa");
  CHECK(talk.serve() == kGone);
  CHECK(talk.sent().empty());
  CHECK(talk.target.changes.empty());
}

// A client that goes, with half a packet said.
class LeavingTransport final : public Transport {
 public:
  Received receive(std::span<char> to, Patience) override {
    if (said_) return {Received::State::Closed, 0};
    said_ = true;
    constexpr std::string_view kHalf = "$M403000,1:aa#";
    std::copy(kHalf.begin(), kHalf.end(), to.begin());
    return {Received::State::Data, kHalf.size()};
  }
  bool send(std::string_view) override { return false; }

 private:
  bool said_ = false;
};

TEST_CASE("gdb: a client that goes in the middle of a packet has changed nothing") {
  FakeTarget target;
  LeavingTransport wire;
  Session session(target, wire);
  CHECK(session.serve_until_resume(stopped(kMain)) == kGone);
  CHECK(target.changes.empty());
  CHECK(session.poll() == Session::Event::Disconnected);
  CHECK(session.serve_until_resume(stopped(kMain)) == kGone);
}

}  // namespace
}  // namespace emu::debugger::gdb::test
