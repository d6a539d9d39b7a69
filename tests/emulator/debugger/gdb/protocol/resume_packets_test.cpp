#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/debugger/gdb/protocol/dialogue.h"

namespace emu::debugger::gdb::test {
namespace {

using Kind = ThreadAction::Kind;

// How each of the three threads would go on after the packet.
std::vector<ThreadAction> actions_after(Dialogue& dialogue, std::string_view packet) {
  CHECK(dialogue.ask_for_all(packet).empty());
  REQUIRE(dialogue.request);
  const Resume& resume = std::get<Resume>(*dialogue.request);
  return {resume.action_for(kMain), resume.action_for(kHelper), resume.action_for(kOther)};
}
std::vector<ThreadAction> actions_after(std::string_view packet) {
  Dialogue dialogue;
  return actions_after(dialogue, packet);
}

constexpr ThreadAction kGo{Kind::Continue}, kOne{Kind::Step}, kStay{Kind::Stay};
constexpr ThreadAction kGoSegv{Kind::Continue, Signal::SegmentationFault};
constexpr ThreadAction kOneSegv{Kind::Step, Signal::SegmentationFault};

using Actions = std::vector<ThreadAction>;

TEST_CASE("gdb: the actions are told, with those that a client insists on") {
  Dialogue dialogue;
  CHECK(dialogue.ask("vCont?") == "vCont;c;C;s;S;t;r");
}

TEST_CASE("gdb: vCont: the first action that covers a thread counts") {
  CHECK(actions_after("vCont;c") == Actions{kGo, kGo, kGo});
  CHECK(actions_after("vCont;s:p4.8;c") == Actions{kOne, kGo, kGo});
  CHECK(actions_after("vCont;s:p4.8") == Actions{kOne, kStay, kStay});
  CHECK(actions_after("vCont;C0b:p4.8;c:p4.-1") == Actions{kGoSegv, kGo, kStay});
  CHECK(actions_after("vCont;S0b:c;t:8;c:-1") == Actions{kStay, kOneSegv, kGo});
  CHECK(actions_after("vCont;c:p10") == Actions{kStay, kStay, kGo});
}

TEST_CASE("gdb: vCont: a range to step through") {
  const ThreadAction range{Kind::StepRange, Signal::None, {0x401000}, {0x401010}};
  CHECK(actions_after("vCont;r401000,401010:8;c") == Actions{range, kGo, kGo});
}

TEST_CASE("gdb: the old packets") {
  CHECK(actions_after("c") == Actions{kGo, kGo, kGo});
  CHECK(actions_after("s") == Actions{kOne, kGo, kGo});
  CHECK(actions_after("C0b") == Actions{kGoSegv, kGo, kGo});
  CHECK(actions_after("S0b") == Actions{kOneSegv, kGo, kGo});
}

TEST_CASE("gdb: the old packets after one thread has been chosen") {
  Dialogue dialogue;
  CHECK(dialogue.ask("Hcc") == "OK");
  CHECK(actions_after(dialogue, "c") == Actions{kStay, kGo, kStay});
  CHECK(actions_after(dialogue, "s") == Actions{kStay, kOne, kStay});
  CHECK(dialogue.ask("Hc-1") == "OK");
  CHECK(actions_after(dialogue, "c") == Actions{kGo, kGo, kGo});
}

TEST_CASE("gdb: the old packets may say where to go on") {
  Dialogue dialogue;
  CHECK(actions_after(dialogue, "c401020") == Actions{kGo, kGo, kGo});
  CHECK(dialogue.target.registers(kMain).integer.eip == 0x401020);
  CHECK(actions_after(dialogue, "S0b;401030") == Actions{kOneSegv, kGo, kGo});
  CHECK(dialogue.target.registers(kMain).integer.eip == 0x401030);
}

TEST_CASE("gdb: nobody is resumed by mistake") {
  Dialogue dialogue;
  for (const char* packet : {"vCont;", "vCont;c:99", "vCont;t"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E03");
    CHECK_FALSE(dialogue.request);
  }
  for (const char* packet :
       {"vCont;x", "vCont;c:", "vCont;c:p", "vCont;C", "vCont;C100", "vCont;c8", "vCont;r1:8", "vCont;r1,",
        "vCont;;c", "cx", "C", "Cx", "C0bx", "C0b;x", "sx", "S", "c100000000"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E16");
    CHECK_FALSE(dialogue.request);
  }
  CHECK(dialogue.target.changes.empty());
}

TEST_CASE("gdb: k ends everything and has no answer") {
  Dialogue dialogue;
  CHECK(dialogue.ask_for_all("k").empty());
  CHECK(dialogue.request == std::optional<Request>(KillAll{}));
}

TEST_CASE("gdb: one process of several is killed; with the last one the session ends") {
  Dialogue dialogue;
  CHECK(dialogue.ask("vKill;99") == "E03");
  CHECK(dialogue.ask("vKill;x") == "E16");
  CHECK(dialogue.ask("vKill;10") == "OK");
  CHECK_FALSE(dialogue.request);
  CHECK(dialogue.ask("vKill;4") == "OK");
  CHECK(dialogue.request == std::optional<Request>(KillAll{}));
  CHECK(dialogue.target.changes == std::vector<std::string>{"kill 10", "kill 4"});
}

TEST_CASE("gdb: a client lets go of one process, or of all") {
  Dialogue dialogue;
  CHECK(dialogue.ask("D;4") == "OK");
  CHECK_FALSE(dialogue.request);
  CHECK(dialogue.ask("D;4") == "E03");
  CHECK(dialogue.ask("D;") == "E16");
  CHECK(dialogue.ask("D4") == "E16");
  CHECK(dialogue.ask("D") == "OK");
  CHECK(dialogue.request == std::optional<Request>(DetachAll{}));
}

}  // namespace
}  // namespace emu::debugger::gdb::test
