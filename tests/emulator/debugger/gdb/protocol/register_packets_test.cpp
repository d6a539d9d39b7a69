#include <catch2/catch_test_macros.hpp>

#include "emulator/debugger/gdb/protocol/register_map.h"
#include "tests/emulator/debugger/gdb/protocol/dialogue.h"

namespace emu::debugger::gdb::test {
namespace {

TEST_CASE("gdb: all registers are read and written") {
  Dialogue dialogue;
  const std::string all = dialogue.ask("g");
  CHECK(all == all_registers_text(dialogue.target.registers(kMain)));
  CHECK(all.starts_with("78563412"));
  std::string changed = all;
  changed.replace(0, 8, "01000000");
  CHECK(dialogue.ask("G" + changed) == "OK");
  CHECK(dialogue.target.registers(kMain).integer.eax == 1);
  CHECK(dialogue.ask("g") == changed);
}

TEST_CASE("gdb: one register is read and written") {
  Dialogue dialogue;
  CHECK(dialogue.ask("p8") == "00104000");
  CHECK(dialogue.ask("P8=34124000") == "OK");
  CHECK(dialogue.target.registers(kMain).integer.eip == 0x401234);
  CHECK(dialogue.ask("p28") == "801f0000");  // 40: mxcsr
}

TEST_CASE("gdb: LLDB's suffix names another thread") {
  Dialogue dialogue;
  dialogue.target.registers(kOther).integer.eax = 0xdead;
  CHECK(dialogue.ask("p0;thread:14;") == "adde0000");
  CHECK(dialogue.ask("g;thread:14;").starts_with("adde0000"));
  CHECK(dialogue.ask("P0=01000000;thread:p10.14;") == "OK");
  CHECK(dialogue.target.registers(kOther).integer.eax == 1);
  CHECK(dialogue.ask("p0;thread:99;") == "E03");
}

TEST_CASE("gdb: packets show registers that are not to be had as x's") {
  Dialogue dialogue;
  dialogue.target.registers(kMain).floating.reset();
  CHECK(dialogue.ask("p28") == "xxxxxxxx");
  CHECK(dialogue.ask("P28=801f0000") == "E16");
}

TEST_CASE("gdb: malformed packets change no register") {
  Dialogue dialogue;
  for (const char* packet : {"p", "p29", "pxyz", "p8,1", "P", "P8", "P8=", "P8=00", "P29=00000000",
                             "P8=0010400g", "G0", "G0102", "Gzzzzzzzz", "g1", "p100000000"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E16");
  }
  CHECK(dialogue.target.changes.empty());
}

}  // namespace
}  // namespace emu::debugger::gdb::test
