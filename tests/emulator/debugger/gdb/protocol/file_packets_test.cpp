// GDB manual, E.7 "Host I/O Packets": what a client may read of files, with the protocol's own numbers of
// errors (E.13, "Errno Values") and its struct stat ("Protocol-specific Representation of Datatypes").
#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/debugger/gdb/protocol/dialogue.h"

namespace emu::debugger::gdb::test {
namespace {

const std::string kOpen = "vFile:open:2f70726f632f342f6d617073,0,0";  // /proc/4/maps

TEST_CASE("gdb: a file that the target names is opened, read piece by piece and closed") {
  Dialogue dialogue;
  CHECK(dialogue.ask("vFile:setfs:0") == "F0");
  REQUIRE(dialogue.ask(kOpen) == "F3");
  CHECK(dialogue.ask("vFile:pread:3,100,0") == "F6;a}map*");
  CHECK(dialogue.ask("vFile:pread:3,2,1") == "F2;}m");
  CHECK(dialogue.ask("vFile:pread:3,100,6") == "F0;");
  CHECK(dialogue.ask("vFile:pread:3,100,ffffffff") == "F0;");
  CHECK(dialogue.ask(kOpen) == "F4");
  CHECK(dialogue.ask("vFile:close:3") == "F0");
  CHECK(dialogue.ask("vFile:pread:3,100,0") == "F-1,9");
  CHECK(dialogue.ask("vFile:close:3") == "F-1,9");
}

TEST_CASE("gdb: a file's status is 64 bytes, a regular file that can be read") {
  Dialogue dialogue;
  REQUIRE(dialogue.ask(kOpen) == "F3");
  const std::string answer = dialogue.ask("vFile:fstat:3");
  REQUIRE(answer.size() == 4 + 64);
  CHECK(answer.substr(0, 4) == "F40;");
  CHECK(answer.substr(4 + 8, 4) == std::string("\0\0\x81\x24", 4));       // st_mode: 0100444
  CHECK(answer.substr(4 + 28, 8) == std::string("\0\0\0\0\0\0\0\6", 8));  // st_size
}

TEST_CASE("gdb: no other file of the host's can be read, none be written, and not many be open") {
  Dialogue dialogue;
  CHECK(dialogue.ask("vFile:open:2f6574632f706173737764,0,0") == "F-1,2");  // /etc/passwd
  CHECK(dialogue.ask("vFile:open:2f70726f632f342f6d617073,1,0") == "F-1,1e");
  CHECK(dialogue.ask("vFile:open:2x,0,0") == "F-1,16");
  CHECK(dialogue.ask("vFile:pread:3") == "F-1,16");
  CHECK(dialogue.ask("vFile:fstat:0") == "F-1,9");
  for (int i = 0; i < 16; ++i) CHECK(dialogue.ask(kOpen).starts_with("F"));
  CHECK(dialogue.ask(kOpen) == "F-1,18");
}

TEST_CASE("gdb: siginfo is the exception's record, of the thread that has one") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qXfer:siginfo:read::0,100") == "lrecord");
  CHECK(dialogue.ask("qXfer:siginfo:read::0,3") == "mrec");
  CHECK(dialogue.ask("qXfer:siginfo:read:annex:0,100").starts_with("E"));
}

}  // namespace
}  // namespace emu::debugger::gdb::test
