// GDB manual, E.4 "General Query Packets" (qXfer), and the documents' own sections.
#include <fmt/core.h>

#include <catch2/catch_test_macros.hpp>

#include "emulator/debugger/gdb/protocol/target_description.h"
#include "tests/emulator/debugger/gdb/protocol/dialogue.h"

namespace emu::debugger::gdb::test {
namespace {

const std::string kBegin = "l<?xml version=\"1.0\"?>";

TEST_CASE("gdb: an object is read piece by piece") {
  Dialogue dialogue;
  std::string whole;
  std::string piece;
  do {
    piece = dialogue.ask(fmt::format("qXfer:features:read:target.xml:{:x},64", whole.size()));
    REQUIRE(!piece.empty());
    REQUIRE(piece.size() <= 1 + 0x64);
    whole += piece.substr(1);
  } while (piece[0] == 'm');
  CHECK(piece[0] == 'l');
  CHECK(whole == target_description());
}

TEST_CASE("gdb: behind the end of an object there is nothing") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qXfer:features:read:target.xml:100000,64") == "l");
  CHECK(dialogue.ask("qXfer:features:read:target.xml:0,0") == "m");
}

TEST_CASE("gdb: a piece always fits into a packet, escapes and all") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qXfer:features:read:target.xml:0,ffffffff").size() <= 0x4000 / 2);
}

TEST_CASE("gdb: threads, libraries, the program and the memory") {
  Dialogue dialogue;
  dialogue.agree();
  CHECK(dialogue.ask("qXfer:threads:read::0,1000") ==
        kBegin +
            "<threads><thread id=\"p4.8\" name=\"main\">ready</thread>"
            "<thread id=\"p4.c\">waits &lt;for 1 &amp; 2&gt;</thread><thread id=\"p10.14\"/></threads>");
  CHECK(dialogue.ask("qXfer:libraries:read::0,1000") ==
        kBegin +
            "<library-list><library name=\"C:\\helper.dll\"><segment address=\"0x10001000\"/></library>"
            "</library-list>");
  CHECK(dialogue.ask("qXfer:exec-file:read::0,1000") == "lC:\\fake.exe");
  CHECK(dialogue.ask("qXfer:exec-file:read:10:0,1000") == "lC:\\fake.exe");
  CHECK(dialogue.ask("qXfer:memory-map:read::0,1000") ==
        kBegin + "<memory-map><memory type=\"ram\" start=\"0x10000\" length=\"0x7fff0000\"/></memory-map>");
}

TEST_CASE("gdb: libraries are the selected process's") {
  Dialogue dialogue;
  dialogue.ask("Hg14");
  CHECK(dialogue.ask("qXfer:libraries:read::0,1000") == kBegin + "<library-list/>");
}

TEST_CASE("gdb: an annex that does not exist") {
  Dialogue dialogue;
  for (const char* packet : {"qXfer:features:read:other.xml:0,10", "qXfer:exec-file:read:99:0,10",
                             "qXfer:exec-file:read:x:0,10", "qXfer:threads:read:a:0,10"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E00");
  }
}

TEST_CASE("gdb: objects that we do not have, and writing") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qXfer:auxv:read::0,10").empty());
  CHECK(dialogue.ask("qXfer:features:write:target.xml:0:abc").empty());
  CHECK(dialogue.ask("qXfer:").empty());
}

TEST_CASE("gdb: malformed pieces") {
  Dialogue dialogue;
  for (const char* packet : {"qXfer:features:read:target.xml", "qXfer:features:read:target.xml:",
                             "qXfer:features:read:target.xml:0", "qXfer:features:read:target.xml:0,",
                             "qXfer:features:read:target.xml:x,1", "qXfer:features:read:target.xml:0,1,",
                             "qXfer:features:read:target.xml:100000000,1"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E16");
  }
}

}  // namespace
}  // namespace emu::debugger::gdb::test
