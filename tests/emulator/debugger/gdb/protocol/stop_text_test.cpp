// GDB manual, E.3 "Stop Reply Packets".
#include "emulator/debugger/gdb/protocol/stop_text.h"

#include <catch2/catch_test_macros.hpp>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "tests/emulator/debugger/gdb/protocol/dialogue.h"

namespace emu::debugger::gdb::test {
namespace {

// esp = 0x403f00, ebp = 0x403f80, eip = 0x401000
const std::string kRegisters = "04:003f4000;05:803f4000;08:00104000;";

StopReply stop_for(const StopReason& why) { return ThreadStopped{kMain, Signal::Trap, why, ""}; }

TEST_CASE("gdb: a stop has its signal, its thread and the registers that everyone wants") {
  Dialogue dialogue;
  CHECK(dialogue.ask("?") == "T05thread:8;" + kRegisters);
  dialogue.agree();
  CHECK(dialogue.ask("?") == "T05thread:p4.8;" + kRegisters);
  CHECK(dialogue.ask_stop(ThreadStopped{kMain, Signal::Interrupt, reason::Plain{}, ""}) ==
        "T02thread:p4.8;" + kRegisters);
}

TEST_CASE("gdb: the reasons") {
  using Access = reason::Watchpoint::Access;
  Dialogue dialogue;
  dialogue.agree();
  const std::string begin = "T05thread:p4.8;";
  CHECK(dialogue.ask_stop(stop_for(reason::SoftwareBreakpoint{})) == begin + "swbreak:;" + kRegisters);
  CHECK(dialogue.ask_stop(stop_for(reason::HardwareBreakpoint{})) == begin + "hwbreak:;" + kRegisters);
  CHECK(dialogue.ask_stop(stop_for(reason::Watchpoint{Access::Write, {0x403010}})) ==
        begin + "watch:403010;" + kRegisters);
  CHECK(dialogue.ask_stop(stop_for(reason::Watchpoint{Access::Read, {0x403010}})) ==
        begin + "rwatch:403010;" + kRegisters);
  CHECK(dialogue.ask_stop(stop_for(reason::Watchpoint{Access::Any, {0x403010}})) ==
        begin + "awatch:403010;" + kRegisters);
  CHECK(dialogue.ask_stop(stop_for(reason::Libraries{})) == begin + "library:;" + kRegisters);
  CHECK(dialogue.ask_stop(stop_for(reason::NewProgram{"C:\\b.exe"})) ==
        begin + "exec:" + to_hex("C:\\b.exe") + ";" + kRegisters);
}

TEST_CASE("gdb: reasons that the client does not know are kept from it") {
  Dialogue dialogue;
  const std::string plain = "T05thread:8;" + kRegisters;
  CHECK(dialogue.ask_stop(stop_for(reason::SoftwareBreakpoint{})) == plain);
  CHECK(dialogue.ask_stop(stop_for(reason::HardwareBreakpoint{})) == plain);
  CHECK(dialogue.ask_stop(stop_for(reason::NewProgram{"C:\\b.exe"})) == plain);
}

TEST_CASE("gdb: an exception comes with its description") {
  Dialogue dialogue;
  CHECK(dialogue.ask_stop(ThreadStopped{kMain, Signal::SegmentationFault, reason::Plain{}, "read of 0"}) ==
        "T0bthread:8;description:" + to_hex("read of 0") + ";" + kRegisters);
}

TEST_CASE("gdb: LLDB hears of other libraries at any stop, once") {
  Dialogue dialogue;
  dialogue.agree();
  dialogue.ask("QThreadSuffixSupported");
  const std::string begin = "T05thread:p4.8;";
  CHECK(dialogue.ask("?") == begin + kRegisters);  // it asks by itself at first
  CHECK(dialogue.ask("qXfer:libraries:read::0,1000").find("<section address=\"0x10000000\"") !=
        std::string::npos);
  CHECK(dialogue.ask("?") == begin + kRegisters);
  dialogue.target.load_another();
  CHECK(dialogue.ask_stop(stop_for(reason::SoftwareBreakpoint{})) ==
        begin + "swbreak:;library:;" + kRegisters);
  dialogue.ask("qXfer:libraries:read::0,1000");
  CHECK(dialogue.ask("?") == begin + "swbreak:;" + kRegisters);
}

TEST_CASE("gdb: ends of processes") {
  Dialogue dialogue;
  CHECK(dialogue.ask_stop(ProcessExited{kFirst, 7}) == "W07");
  CHECK(dialogue.ask_stop(ProcessExited{kFirst, 0xc0000005}) == "Wc0000005");
  CHECK(dialogue.ask_stop(ProcessTerminated{kFirst, Signal::SegmentationFault}) == "X0b");
  dialogue.agree();
  CHECK(dialogue.ask_stop(ProcessExited{kSecond, 0}) == "W00;process:10");
  CHECK(dialogue.ask_stop(ProcessTerminated{kSecond, Signal::Kill}) == "X09;process:10");
}

TEST_CASE("gdb: nobody runs") {
  Dialogue dialogue;
  CHECK(dialogue.ask_stop(NothingResumed{}) == "T00thread:8;" + kRegisters);
  dialogue.agree();
  CHECK(dialogue.ask_stop(NothingResumed{}) == "N");
}

TEST_CASE("gdb: a thread that has just ended has no registers to show") {
  Dialogue dialogue;
  dialogue.target.end(kSecond);
  CHECK(dialogue.ask_stop(stopped(kOther)) == "T05thread:14;");
}

}  // namespace
}  // namespace emu::debugger::gdb::test
