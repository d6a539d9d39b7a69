// A client's packets against a real machine. What is expected is the protocol's (GDB manual, appendix E), and
// counted in the code that stands beside it.
#include "emulator/debugger/gdb/gdb_front_end.h"

#include <fmt/core.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <deque>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "mm/memory_manager.h"
#include "mm/x86/protection.h"
#include "tests/emulator/debugger/gdb/protocol/scripted_transport.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu::debugger {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using emu::test::kCode;
using emu::test::kData;
using gdb::test::plain_frame;
using gdb::test::ScriptedTransport;

// Whether a client that has nothing left to say stays until somebody waits for it.
enum class Leaves : uint8_t { WhenWaitedFor, AtOnce };

class Forward final : public gdb::Transport {
 public:
  Forward(ScriptedTransport& to, Leaves leaves) : to_(to), leaves_(leaves) {}
  Received receive(std::span<char> to, Patience patience) override {
    return to_.receive(to, leaves_ == Leaves::AtOnce ? Patience::Wait : patience);
  }
  bool send(std::string_view bytes) override { return to_.send(bytes); }

 private:
  ScriptedTransport& to_;
  Leaves leaves_;
};

// The packets' data, with runs written out.
std::vector<std::string> packets_of(std::string_view stream) {
  std::vector<std::string> packets;
  for (size_t at = stream.find('$'); at != std::string_view::npos; at = stream.find('$', at)) {
    std::string& data = packets.emplace_back();
    for (++at; stream[at] != '#'; ++at) {
      if (stream[at] == '*')
        data.append(static_cast<size_t>(stream[++at]) - 29, data.back());
      else
        data += stream[at];
    }
  }
  return packets;
}

std::string hex(std::string_view text) {
  std::string digits;
  for (const char c : text) digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return digits;
}

// As T packets and P packets have it.
std::string little_endian(uint32_t value) {
  return fmt::format("{:02x}{:02x}{:02x}{:02x}", value & 0xFF, value >> 8 & 0xFF, value >> 16 & 0xFF,
                     value >> 24);
}
std::string at(uint32_t offset) { return "08:" + little_endian(kCode.value + offset) + ";"; }

const std::string kInterrupt = "\x03";  // between packets

class Client {
 public:
  Client() : front_end([this] { return next(); }), engine(test.machine->kernel(), front_end) {
    engine.breakpoints().add({.lasts = Breakpoint::Lasts::Once, .address = kCode.value});  // where it begins
  }

  // The last answers to packets, one for each, behind what every client says first. "%" is the first thread.
  std::vector<std::string> talk(std::initializer_list<int> code, std::vector<std::string> packets) {
    wires_.emplace_front().input = said(packets);
    test.put_code(code);
    end = engine.run();
    auto answers = answers_of(0);
    const auto interrupts = static_cast<size_t>(std::count(packets.begin(), packets.end(), kInterrupt));
    if (leaves == Leaves::WhenWaitedFor) REQUIRE(answers.size() >= packets.size() - interrupts);
    return answers;
  }
  // Before talk(): who comes when the one before has gone, in the middle of `rest`.
  void followed_by(const std::vector<std::string>& packets, std::string_view rest = "") {
    wires_.emplace_back().input = said(packets).append(rest);
  }
  std::vector<std::string> answers_of(size_t client) const {
    auto answers = packets_of(wires_.at(client).output);
    if (!answers.empty()) answers.erase(answers.begin());  // to qSupported
    return answers;
  }
  // Another thread, which begins at that byte of the code.
  Thread& thread_at(uint32_t offset) {
    const std::array<uint32_t, 1> words{0};
    const auto thread =
        test.machine->kernel().user_threads().create(test.process, {0x10000, 0x1000}, kCode + offset, words);
    REQUIRE(thread);
    return **thread;
  }
  static std::string key(const Thread& thread) {
    return fmt::format("p{:x}.{:x}", thread.process().id(), thread.id());
  }

  emu::test::TestMachine test;
  GdbFrontEnd front_end;
  Engine engine;
  Machine::RunEnd end{};
  Leaves leaves = Leaves::WhenWaitedFor;

 private:
  std::string said(const std::vector<std::string>& packets) const {
    std::string text = "+" + plain_frame("qSupported:multiprocess+;swbreak+");
    for (std::string packet : packets) {
      if (const size_t mark = packet.find('%'); mark != std::string::npos)
        packet.replace(mark, 1, key(*test.thread));
      text += packet == kInterrupt ? packet : plain_frame(packet);
    }
    return text;
  }
  std::unique_ptr<gdb::Transport> next() {
    return came_ < wires_.size() ? std::make_unique<Forward>(wires_[came_++], leaves) : nullptr;
  }

  std::deque<ScriptedTransport> wires_;
  size_t came_ = 0;
};

// 0 mov ecx,3; 5 nop; 6 dec ecx; 7 jnz 5; 9 push 0x12; push -1; mov edx,esp; mov eax,NtTerminateProcess;
// int 0x2e
constexpr std::initializer_list<int> kLoop = {0xB9, 3,    0,    0,    0,    0x90, 0x49, 0x75,
                                              0xFC, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8,
                                              4,    0,    0,    0,    0xCD, 0x2E};

TEST_CASE("a client steps, and steps through a range") {
  const auto answers = Client().talk(kLoop, {"?", "vCont;s:%", "vCont;r410005,410009:%;c"});
  CHECK_THAT(answers[0], StartsWith("T05") && ContainsSubstring(at(0)));
  CHECK_THAT(answers[1], StartsWith("T05") && ContainsSubstring(at(5)));
  CHECK_THAT(answers[2], StartsWith("T05") && ContainsSubstring(at(9)));
}

TEST_CASE("a client's breakpoint halts as one, and its process's end is told") {
  Client client;
  const auto answers = client.talk(kLoop, {"Z0,410006,1", "vCont;c", "z0,410006,1", "vCont;c"});
  CHECK(answers[0] == "OK");
  CHECK_THAT(answers[1], StartsWith("T05") && ContainsSubstring("swbreak:;") && ContainsSubstring(at(6)));
  CHECK(answers[2] == "OK");
  CHECK(answers[3] == fmt::format("W12;process:{:x}", client.test.process.id()));
  CHECK(client.end == Machine::RunEnd::ProcessesEnded);
}

TEST_CASE("an exception is a signal, and swallowed without one") {
  // 0 mov eax,[ecx]; 2 push 0x12 and so on
  const auto answers =
      Client().talk({0x8B, 0x01, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0, 0, 0, 0xCD, 0x2E},
                    {"vCont;c", "vCont;C0b", "P1=" + little_endian(kData.value), "vCont;c"});
  CHECK_THAT(answers[0], StartsWith("T0b") && ContainsSubstring(at(0)));
  CHECK_THAT(answers[1],
             StartsWith("T0b") && ContainsSubstring(at(0)));  // nobody handled it: the second chance
  CHECK(answers[2] == "OK");
  CHECK_THAT(answers[3], StartsWith("W12;"));
}

TEST_CASE("registers become what a guest could have made them") {
  const auto answers = Client().talk(
      kLoop, {"Pa=08000000", "pa", "P9=00000000", "p9", "Pc=ffff0000", "pc", "P0=78563412", "p0"});
  CHECK(answers[1] == "1b000000");  // CS of ring 3
  CHECK(answers[3] == "02020000");  // interrupts on, and the bit that is always set
  CHECK(answers[5] == "23000000");  // DS
  CHECK(answers[7] == "78563412");
}

TEST_CASE("in the middle of a fault everything can be read and nothing be written") {
  // 0 mov [kData],eax; 5 push 0x12 and so on
  const auto answers =
      Client().talk({0xA3, 0, 0, 0x42, 0, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0, 0, 0, 0xCD, 0x2E},
                    {"qRcmd," + hex("bf demand-zero 420000 L1000"), "vCont;c", "m420000,4", "M420000,1:ff",
                     "P0=78563412", "p10", "vCont;s:%;c", "m420000,4", "vCont;s:%;c"});
  CHECK(answers[0] == "OK");
  CHECK_THAT(answers[1], StartsWith("O") && ContainsSubstring(hex("In a page fault")));
  CHECK_THAT(answers[2], StartsWith("T05") && ContainsSubstring(at(0)));
  CHECK(answers[3] == "00000000");
  CHECK_THAT(answers[4], StartsWith("E"));
  CHECK_THAT(answers[5], StartsWith("E.") && ContainsSubstring("monitor p finishes it"));
  CHECK_THAT(answers[6], StartsWith("xxxx"));                             // ST0
  CHECK_THAT(answers[7], StartsWith("T05") && ContainsSubstring(at(0)));  // the fault is done
  CHECK_THAT(answers[9], StartsWith("T05") && ContainsSubstring(at(5)));
}

TEST_CASE("a client gets memory of the guest's, and gives back no other") {
  Client client;
  const auto answers = client.talk(kLoop, {"_M1001,rw", "_m420000", "vCont;s:%"});
  const auto base = gdb::number_from_hex(answers[0]);
  REQUIRE(base);
  CHECK(answers[1] == "E0e");
  const auto region =
      client.test.machine->kernel().memory().query_virtual_memory(client.test.process.space(), {*base});
  REQUIRE(region);
  CHECK(region->state == mm::allocation::kCommit);
  CHECK(region->protect == mm::x86::page::kReadWrite);
  CHECK(region->size == 0x2000);
}

// The words of a command that ran the guest come in packets of their own, before its OK.
std::string words_before_ok(const std::vector<std::string>& answers, size_t& next) {
  std::string words;
  while (next < answers.size() && answers[next] != "OK") words += answers[next++];
  ++next;
  return words;
}

TEST_CASE("monitor goes through a fault stage by stage, and the client stands where it stood") {
  // 0 mov [kData],eax; 5 push 0x12 and so on
  const auto answers =
      Client().talk({0xA3, 0, 0, 0x42, 0, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0, 0, 0, 0xCD, 0x2E},
                    {"qRcmd," + hex("bf demand-zero 420000 L1000"), "vCont;c", "qRcmd," + hex("t; ? 1; t"),
                     "p8", "qRcmd," + hex("p"), "?", "vCont;s:%;c"});
  size_t next = 1;
  CHECK_THAT(answers.at(next++), ContainsSubstring(hex("In a page fault")));
  CHECK_THAT(answers.at(next++), StartsWith("T05"));
  CHECK_THAT(words_before_ok(answers, next), ContainsSubstring(hex("write at 00420000")) &&
                                                 ContainsSubstring(hex("Evaluate expression: 1 = 00000001")));
  CHECK(answers.at(next++) == little_endian(kCode.value));
  CHECK_THAT(words_before_ok(answers, next), ContainsSubstring(hex("is resolved")));
  CHECK(answers.at(next++) == answers[2]);
  CHECK_THAT(answers.at(next++), StartsWith("T05") && ContainsSubstring(at(0)));
  CHECK(next == answers.size());
}

TEST_CASE("monitor runs the guest, and is answered where that halts") {
  // 0 nop; 1 nop; 2 nop; 3 jmp 3
  const auto answers =
      Client().talk({0x90, 0x90, 0x90, 0xEB, 0xFE},
                    {"qRcmd," + hex("t"), "p8", "qRcmd," + hex("p 2; ? 5"), "p8", "vCont;s:%;c"});
  size_t next = 0;
  CHECK_THAT(words_before_ok(answers, next), ContainsSubstring(hex("eip=00410001")));
  CHECK(answers.at(next++) == little_endian(kCode.value + 1));
  const std::string two = words_before_ok(answers, next);
  CHECK_THAT(two, ContainsSubstring(hex("eip=00410002")) && ContainsSubstring(hex("eip=00410003")) &&
                      ContainsSubstring(hex("Evaluate expression: 5")));
  CHECK(answers.at(next++) == little_endian(kCode.value + 3));
  CHECK_THAT(answers.at(next), StartsWith("T05") && ContainsSubstring(at(3)));
}

TEST_CASE("monitor runs the guest to a breakpoint, but does not end the session") {
  // 0 nop; 1 nop; 2 jmp 0
  const auto answers = Client().talk(
      {0x90, 0x90, 0xEB, 0xFC}, {"qRcmd," + hex("bp 410001; g"), "vCont;s:%;c", "qRcmd," + hex("q"), "p8"});
  size_t next = 0;
  CHECK_THAT(words_before_ok(answers, next), ContainsSubstring(hex("Breakpoint 0 hit")));
  CHECK_THAT(answers.at(next++), StartsWith("T05") && ContainsSubstring(at(2)));
  CHECK_THAT(words_before_ok(answers, next), ContainsSubstring(hex("its own kill does this")));
  CHECK(answers.at(next) == little_endian(kCode.value + 2));
}

TEST_CASE("a process that ends while monitor runs the guest is told when the client runs it") {
  // 0 push 0x12; 2 push -1; mov edx,esp; mov eax,NtTerminateProcess; int 0x2e
  const auto answers = Client().talk({0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0, 0, 0, 0xCD, 0x2E},
                                     {"qRcmd," + hex("g"), "qRcmd," + hex("g"), "qfThreadInfo", "vCont;c"});
  size_t next = 0;
  CHECK_THAT(words_before_ok(answers, next), ContainsSubstring(hex("is about to end")));
  CHECK_THAT(words_before_ok(answers, next), ContainsSubstring(hex("own continue tells it so")));
  CHECK_THAT(answers.at(next++), StartsWith("mp"));
  CHECK_THAT(answers.at(next), StartsWith("W12"));
}

TEST_CASE("a client's interrupt ends what monitor runs") {
  const auto answers = Client().talk({0xEB, 0xFE}, {"qRcmd," + hex("g"), kInterrupt, "p8"});
  size_t next = 0;
  words_before_ok(answers, next);
  CHECK(answers.at(next) == little_endian(kCode.value));
}

TEST_CASE("a client that goes while monitor runs the guest leaves it standing for the next") {
  Client client;
  client.leaves = Leaves::AtOnce;
  client.followed_by({"p8"});
  client.talk({0xEB, 0xFE}, {"qRcmd," + hex("g")});
  CHECK(client.answers_of(1).front() == little_endian(kCode.value));
}

TEST_CASE("a client steps another thread than the one that stopped") {
  Client client;
  const Thread& second = client.thread_at(9);
  // 0 mov eax,NtYieldExecution; 5 int 0x2e; 7 jmp 0; 9 nop; 0xA jmp 0xA
  const auto answers = client.talk({0xB8, 9, 0, 0, 0, 0xCD, 0x2E, 0xEB, 0xF7, 0x90, 0xEB, 0xFE},
                                   {"vCont;s:" + Client::key(second) + ";c"});
  CHECK_THAT(answers[0], StartsWith("T05thread:" + Client::key(second) + ";") && ContainsSubstring(at(0xA)));
  CHECK(client.end == Machine::RunEnd::Quit);  // then it went
}

// 0 mov ecx,0x1000000; 5 dec ecx; 6 jnz 5; 8 jmp 0; 0xA inc dword [kData]; 0x10 jmp 0xA; 0x12 push 7; push 0;
// mov edx,esp; mov eax,NtTerminateThread; int 0x2e
constexpr std::initializer_list<int> kThreads = {
    0xB9, 0,    0,    0,    1,    0x49, 0x75, 0xFD, 0xEB, 0xF6, 0xFF, 0x05, 0, 0,    0x42, 0,
    0xEB, 0xF8, 0x6A, 0x07, 0x6A, 0,    0x89, 0xE2, 0xB8, 0x35, 0,    0,    0, 0xCD, 0x2E};

TEST_CASE("threads that a client does not resume stand still") {
  Client client;
  client.thread_at(0xA);
  REQUIRE(client.test.memory->store<uint32_t>(kData, 0) == mm::NtStatus::Success);
  const auto answers =
      client.talk(kThreads, {"Z0,410008,1", "vCont;c:%", "m420000,4", "vCont;c", "m420000,4"});
  CHECK_THAT(answers[1], StartsWith("T05") && ContainsSubstring(at(8)));
  CHECK(answers[2] == "00000000");
  CHECK_THAT(answers[3], StartsWith("T05") && ContainsSubstring(at(8)));
  CHECK(answers[4] != "00000000");
}

TEST_CASE("a client hears when the last thread that it resumed has ended") {
  Client client;
  const Thread& second = client.thread_at(0x12);
  const auto answers = client.talk(
      kThreads, {"qSupported:no-resumed+", "vCont;c:" + Client::key(second), "qfThreadInfo", "vCont;s:%"});
  CHECK(answers[1] == "N");
  CHECK(answers[2] == "m" + Client::key(*client.test.thread));
  CHECK_THAT(answers[3], StartsWith("T05") && ContainsSubstring(at(5)));
}

TEST_CASE("the next client finds the guest where the one before has left it, without its breakpoints") {
  Client client;
  client.followed_by({"?", "p1"}, "$vCont;c");  // in the middle of a packet: nothing of it is done
  client.followed_by({"?", "M420000,4:01020304", "vCont;s:%", "vCont;c"});
  const auto first = client.talk(kLoop, {"Z0,410006,1", "qRcmd," + hex("sxe ld; bp 410007"), "vCont;c"});
  CHECK_THAT(first.back(), StartsWith("T05") && ContainsSubstring("swbreak:;") && ContainsSubstring(at(6)));
  const auto second = client.answers_of(1), third = client.answers_of(2);
  REQUIRE(second.size() == 2);
  CHECK_THAT(second[0], StartsWith("T05") && ContainsSubstring(at(6)) && !ContainsSubstring("swbreak"));
  CHECK(second[1] == little_endian(3));
  REQUIRE(third.size() == 4);
  CHECK(third[0] == second[0]);
  CHECK(third[1] == "OK");
  CHECK_THAT(third[2], StartsWith("T05") && ContainsSubstring(at(7)));
  CHECK_THAT(third[3], StartsWith("W12;"));
  CHECK(client.end == Machine::RunEnd::ProcessesEnded);
}

TEST_CASE("a guest whose client goes while it runs halts for the next one") {
  Client client;
  client.leaves = Leaves::AtOnce;
  client.followed_by({"?", "qfThreadInfo", "k"});
  client.talk({0xEB, 0xFE}, {"vCont;c"});  // 0 jmp 0
  const auto second = client.answers_of(1);
  REQUIRE(second.size() == 2);
  CHECK_THAT(second[0],
             StartsWith("T02thread:" + Client::key(*client.test.thread)) && ContainsSubstring(at(0)));
  CHECK(client.end == Machine::RunEnd::Quit);
}

TEST_CASE("a guest ends when no other client can come, one that is let go runs on") {
  Client gone, released;
  gone.talk(kLoop, {"?"});
  CHECK(gone.end == Machine::RunEnd::Quit);
  CHECK(gone.test.process.running());
  released.talk(kLoop, {"Z0,410006,1", "D"});
  CHECK(released.end == Machine::RunEnd::ProcessesEnded);
  CHECK(released.test.process.how_ended()->exit_code == 0x12);
}

}  // namespace
}  // namespace emu::debugger
