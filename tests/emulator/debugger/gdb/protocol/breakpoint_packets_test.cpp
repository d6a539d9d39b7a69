#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/debugger/gdb/protocol/dialogue.h"

namespace emu::debugger::gdb::test {
namespace {

using Kind = BreakpointKind;

TEST_CASE("gdb: each type of breakpoint is inserted and removed") {
  Dialogue dialogue;
  CHECK(dialogue.ask("Z0,401010,1") == "OK");
  CHECK(dialogue.ask("Z1,401020,1") == "OK");
  CHECK(dialogue.ask("Z2,403000,4") == "OK");
  CHECK(dialogue.ask("Z3,403008,2") == "OK");
  CHECK(dialogue.ask("Z4,403010,100") == "OK");
  CHECK(dialogue.target.breakpoints(kFirst) == std::vector<Breakpoint>{{Kind::Software, {0x401010}, 1},
                                                                       {Kind::Hardware, {0x401020}, 1},
                                                                       {Kind::Write, {0x403000}, 4},
                                                                       {Kind::Read, {0x403008}, 2},
                                                                       {Kind::Access, {0x403010}, 0x100}});
  CHECK(dialogue.ask("z0,401010,1") == "OK");
  CHECK(dialogue.ask("z3,403008,2") == "OK");
  CHECK(dialogue.target.breakpoints(kFirst).size() == 3);
}

TEST_CASE("gdb: a breakpoint is one of the selected thread's process") {
  Dialogue dialogue;
  dialogue.ask("Hg14");
  CHECK(dialogue.ask("Z0,401010,1") == "OK");
  CHECK(dialogue.target.breakpoints(kFirst).empty());
  CHECK(dialogue.target.breakpoints(kSecond).size() == 1);
}

TEST_CASE("gdb: the target may refuse") {
  Dialogue dialogue;
  CHECK(dialogue.ask("Z0,500000,1") == "E0e");
}

TEST_CASE("gdb: types that do not exist are not supported") {
  Dialogue dialogue;
  CHECK(dialogue.ask("Z5,401000,1").empty());
  CHECK(dialogue.ask("zff,401000,1").empty());
}

TEST_CASE("gdb: malformed packets set nothing") {
  Dialogue dialogue;
  for (const char* packet :
       {"Z", "z", "Z0", "Z0,", "Z0,401000", "Z0,401000,", "Z0,401000,1;X1,22", "Z2,403000,0", "Z2,ffffffff,2",
        "Z2,100000000,1", "Zx,401000,1", "Z0;401000,1"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E16");
  }
  CHECK(dialogue.target.changes.empty());
}

}  // namespace
}  // namespace emu::debugger::gdb::test
