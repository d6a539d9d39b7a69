#include <catch2/catch_test_macros.hpp>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "tests/emulator/debugger/gdb/protocol/dialogue.h"

namespace emu::debugger::gdb::test {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("gdb: what we support is told") {
  Dialogue dialogue;
  const std::string features = dialogue.ask("qSupported:xmlRegisters=i386");
  for (const char* feature : {"PacketSize=4000", "QStartNoAckMode+", "multiprocess+", "swbreak+", "hwbreak+",
                              "vContSupported+", "qXfer:features:read+", "qXfer:threads:read+",
                              "qXfer:libraries:read+", "qXfer:exec-file:read+", "qXfer:memory-map:read+"}) {
    CAPTURE(feature);
    CHECK(has(features, feature));
  }
  CHECK_FALSE(dialogue.conversation.features.multiprocess);
}

TEST_CASE("gdb: what the client supports is taken note of") {
  Dialogue dialogue;
  dialogue.ask("qSupported:multiprocess+;swbreak-;hwbreak+;QThreadEvents+;no-resumed+");
  const ClientFeatures& features = dialogue.conversation.features;
  CHECK(features.multiprocess);
  CHECK_FALSE(features.swbreak);
  CHECK(features.hwbreak);
  CHECK_FALSE(features.exec_events);
  CHECK(features.no_resumed);
}

TEST_CASE("gdb: unknown packets get the empty answer") {
  Dialogue dialogue;
  for (const char* packet :
       {"", "vMustReplyEmpty", "!", "qOffsets", "qCRC:0,10", "vFile:unlink:2f", "vCont", "R00", "QNonStop:1",
        "qTStatus", "qL1", "jThreadsInfo", "qRegisterInfo0", "\x01"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet).empty());
  }
  CHECK(dialogue.target.changes.empty());
}

TEST_CASE("gdb: small questions about the session") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qAttached") == "0");
  CHECK(dialogue.ask("qAttached:4") == "0");
  CHECK(dialogue.ask("qSymbol::") == "OK");
  CHECK(dialogue.ask("QStartNoAckMode") == "OK");
  CHECK(dialogue.conversation.acknowledgements == Acknowledgements::Off);
}

TEST_CASE("gdb: monitor commands answer with console text, then OK") {
  Dialogue dialogue;
  CHECK(dialogue.ask_for_all("qRcmd,68656c6c6f") ==
        std::vector<std::string>{"O" + to_hex("hello from the monitor\n"), "OK"});
  CHECK(dialogue.ask_for_all("qRcmd," + to_hex("quiet")) == std::vector<std::string>{"OK"});
  CHECK(dialogue.ask("qRcmd,6") == "E16");
  CHECK(dialogue.ask("qRcmd,zz") == "E16");
}

TEST_CASE("gdb: long text of a monitor command is cut into packets that fit") {
  Dialogue dialogue;
  const auto answers = dialogue.ask_for_all("qRcmd," + to_hex("much"));
  REQUIRE(answers.size() > 2);
  std::string text;
  for (size_t i = 0; i + 1 < answers.size(); ++i) {
    CHECK(answers[i].size() <= 0x4000);
    text += text_from_hex(answers[i].substr(1)).value();
  }
  CHECK(text == std::string(20000, '*'));
}

TEST_CASE("gdb: LLDB learns what machine it is") {
  Dialogue dialogue;
  const std::string triple = to_hex("i386-pc-windows");
  CHECK(dialogue.ask("qHostInfo") == "triple:" + triple + ";ptrsize:4;endian:little;");
  CHECK(dialogue.ask("qProcessInfo") ==
        "pid:4;triple:" + triple + ";ostype:windows;ptrsize:4;endian:little;");
  CHECK(dialogue.ask("QThreadSuffixSupported") == "OK");
}

TEST_CASE("gdb: LLDB gets memory for its expressions") {
  Dialogue dialogue;
  CHECK(dialogue.ask("_M1000,rx") == "600000");
  CHECK(dialogue.ask("_m600000") == "OK");
  CHECK(dialogue.target.changes == std::vector<std::string>{"allocate 4 1000 rx", "free 4"});
  CHECK(dialogue.ask("_M1000000,rw") == "E01");
  CHECK(dialogue.ask("_m601000") == "E0e");
  for (const char* packet : {"_M", "_M1000", "_M1000,q", "_M,rw", "_Mx,rw", "_m", "_mx"}) {
    CAPTURE(packet);
    CHECK(dialogue.ask(packet) == "E16");
  }
  CHECK(dialogue.target.changes.size() == 2);
}

TEST_CASE("gdb: LLDB learns where its file lies, in whatever folder it has found it") {
  Dialogue dialogue;
  CHECK(dialogue.ask("qFileLoadAddress:" + to_hex("C:\\fake.exe")) == "400000");
  CHECK(dialogue.ask("qFileLoadAddress:" + to_hex("/copies/helper.dll")) == "10000000");
  CHECK(dialogue.ask("qFileLoadAddress:" + to_hex("/copies/other.dll")) == "E0e");
  CHECK(dialogue.ask("qFileLoadAddress:x") == "E16");
}

}  // namespace
}  // namespace emu::debugger::gdb::test
