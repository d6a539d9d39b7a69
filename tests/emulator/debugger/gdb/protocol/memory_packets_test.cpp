#include <catch2/catch_test_macros.hpp>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "tests/emulator/debugger/gdb/protocol/dialogue.h"

namespace emu::debugger::gdb::test {
namespace {

TEST_CASE("gdb: memory is read, as far as there is any") {
  Dialogue dialogue;
  CHECK(dialogue.ask("m403000,4") == "00010203");
  CHECK(dialogue.ask("m00403010,2") == "1011");
  CHECK(dialogue.ask("m403ffe,10") == "feff");
  CHECK(dialogue.ask("m404000,1") == "E0e");
  CHECK(dialogue.ask("mffffffff,10") == "E0e");
  CHECK(dialogue.ask("m401000,ffffffff").size() == size_t{2} * 0x1000);
}

TEST_CASE("gdb: memory is written in digits and in bytes") {
  Dialogue dialogue;
  CHECK(dialogue.ask("M403000,3:a1b2c3") == "OK");
  CHECK(dialogue.ask("m403000,4") == "a1b2c303");
  CHECK(dialogue.ask("X403000,2:\x7d#") == "OK");  // escapes are the wire's affair
  CHECK(dialogue.ask("m403000,3") == "7d23c3");
  CHECK(dialogue.ask("X403000,0:") == "OK");  // "do you know X?"
}

TEST_CASE("gdb: memory is that of the selected thread's process") {
  Dialogue dialogue;
  dialogue.ask("Hg14");
  CHECK(dialogue.ask("M403000,1:ee") == "OK");
  CHECK(dialogue.target.changes == std::vector<std::string>{"memory 10 403000 ee"});
}

TEST_CASE("gdb: memory that is not there is not written, not even in part") {
  Dialogue dialogue;
  CHECK(dialogue.ask("M403fff,2:aabb") == "E0e");
  CHECK(dialogue.ask("m403fff,1") == "ff");
  CHECK(dialogue.ask("Mffffffff,2:aabb") == "E0e");
  CHECK(dialogue.target.changes.empty());
}

// GDB manual, E.2 "Standard Replies": E.errtext. LLDB reads two digits behind the E.
TEST_CASE("gdb: what cannot be changed within an access is said in words, to LLDB in a number") {
  const std::string sentence = "E.the guest is in the middle of an access: monitor p finishes it";
  Dialogue dialogue;
  dialogue.target.in_access = true;
  CHECK(dialogue.ask("M403000,1:aa") == sentence);
  CHECK(dialogue.ask("X403000,1:a") == sentence);
  CHECK(dialogue.ask("P0=11223344") == sentence);
  CHECK(dialogue.ask("m403000,1") == "00");
  CHECK(dialogue.ask("QThreadSuffixSupported") == "OK");
  CHECK(dialogue.ask("M403000,1:aa") == "E0e");
  CHECK(dialogue.target.changes.empty());
}

TEST_CASE("gdb: malformed packets change no memory") {
  Dialogue dialogue;
  for (const char* packet :
       {"m", "m403000", "m403000,", "m403000,0", "m,4", "m403000,4,4", "m100000000,1", "M403000,2:aa",
        "M403000,1:aabb", "M403000,1:a", "M403000,1aa", "M403000,1:gg", "M:aa", "X403000,2:a", "X403000,1:ab",
        "X403000,1", "M403000,100000000:aa", "qMemoryRegionInfo:", "qMemoryRegionInfo:x"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E16");
  }
  CHECK(dialogue.target.changes.empty());
}

TEST_CASE("gdb: regions of memory and gaps are told apart") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qMemoryRegionInfo:401234") ==
        "start:401000;size:1000;permissions:rx;name:" + to_hex("C:\\fake.exe") + ";");
  CHECK(dialogue.ask("qMemoryRegionInfo:403000") == "start:403000;size:1000;permissions:rw;");
  CHECK(dialogue.ask("qMemoryRegionInfo:500123") == "start:500000;size:1000;");
}

}  // namespace
}  // namespace emu::debugger::gdb::test
