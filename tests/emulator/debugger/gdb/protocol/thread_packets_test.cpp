#include <catch2/catch_test_macros.hpp>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "tests/emulator/debugger/gdb/protocol/dialogue.h"

namespace emu::debugger::gdb::test {
namespace {

TEST_CASE("gdb: threads are listed, in one answer and its end") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qfThreadInfo") == "m8,c,14");
  CHECK(dialogue.ask("qsThreadInfo") == "l");
  dialogue.agree();
  CHECK(dialogue.ask("qfThreadInfo") == "mp4.8,p4.c,p10.14");
}

TEST_CASE("gdb: the selected thread is the one that stopped, until another one is chosen") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qC") == "QC8");
  CHECK(dialogue.ask("Hgc") == "OK");
  CHECK(dialogue.ask("qC") == "QCc");
  CHECK(dialogue.ask("Hg0") == "OK");  // any: the one that stopped again
  CHECK(dialogue.ask("qC") == "QC8");
  dialogue.agree();
  CHECK(dialogue.ask("Hgp10.-1") == "OK");
  CHECK(dialogue.ask("qC") == "QCp10.14");
  dialogue.ask_stop(stopped(kHelper));
  CHECK(dialogue.ask("qC") == "QCp4.c");
}

// What GDB says at the first stop of a new process: the rest of the stop's questions are about that one.
TEST_CASE("gdb: any thread is the one that stopped, whichever was asked about meanwhile") {
  Dialogue dialogue;
  dialogue.agree();
  dialogue.ask_stop(stopped(kOther));
  CHECK(dialogue.ask("Hgp4.8") == "OK");
  CHECK(dialogue.ask("Hgp0.0") == "OK");
  CHECK(dialogue.ask("Z0,401010,1") == "OK");
  CHECK(dialogue.target.breakpoints(kFirst).empty());
  CHECK(dialogue.target.breakpoints(kSecond).size() == 1);
  CHECK(dialogue.ask("Hgp4.0") == "OK");  // any of that process
  CHECK(dialogue.ask("qC") == "QCp4.8");
}

TEST_CASE("gdb: a thread that does not run cannot be chosen") {
  Dialogue dialogue;
  for (const char* packet : {"Hg99", "Hgp4.14", "Hgp99.8", "Hg", "Hgx", "Hc99", "T99", "Tp4.14", "T",
                             "qThreadExtraInfo,99", "qGetTIBAddr:99"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E03");
  }
  CHECK(dialogue.ask("qC") == "QC8");
}

TEST_CASE("gdb: threads that run are alive") {
  Dialogue dialogue;
  CHECK(dialogue.ask("T8") == "OK");
  CHECK(dialogue.ask("Tp10.14") == "OK");
  dialogue.target.end(kSecond);
  CHECK(dialogue.ask("Tp10.14") == "E03");
}

TEST_CASE("gdb: a thread's name and state, and its TEB") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qThreadExtraInfo,8") == to_hex("main: ready"));
  CHECK(dialogue.ask("qThreadExtraInfo,c") == to_hex("waits <for 1 & 2>"));
  CHECK(dialogue.ask("qThreadExtraInfo,14") == to_hex(" "));
  CHECK(dialogue.ask("qGetTIBAddr:c") == "7ffdd000");
}

TEST_CASE("gdb: when every process has ended, there is nobody to ask about") {
  Dialogue dialogue;
  dialogue.target.end(kFirst);
  dialogue.target.end(kSecond);
  CHECK(dialogue.ask("qfThreadInfo") == "l");
  for (const char* packet : {"qC", "g", "p0", "Hg0", "m401000,1", "M403000,1:00", "Z0,401000,1", "vCont;c",
                             "c", "s", "qProcessInfo"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E03");
    CHECK_FALSE(dialogue.request);
  }
}

}  // namespace
}  // namespace emu::debugger::gdb::test
