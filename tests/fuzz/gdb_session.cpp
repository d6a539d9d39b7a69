// A fuzz target: a client of the gdb server that says anything. Each line of the input is a packet's data,
// which gets its frame and its sum here, for no fuzzer finds those; a line that begins with '!' is bytes as
// they come.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/session.h"
#include "mm/base/check.h"
#include "tests/emulator/debugger/gdb/protocol/fake_target.h"
#include "tests/emulator/debugger/gdb/protocol/scripted_transport.h"

namespace emu::debugger::gdb::test {
namespace {

std::string bytes_of(std::string_view input) {
  std::string bytes = "+";  // or it would be taken for no client at all
  Scanner lines(input);
  while (!lines.at_end()) {
    const std::string_view line = lines.until('\n');
    bytes += line.starts_with('!') ? std::string(line.substr(1)) : plain_frame(line);
  }
  return bytes;
}

// The stop after `resumptions` of them: one of each kind, in turn.
StopReply stop_number(size_t resumptions) {
  switch (resumptions % 5) {
    case 0: return ThreadStopped{kMain, Signal::Trap, reason::SoftwareBreakpoint{}, ""};
    case 1: return ThreadStopped{kHelper, Signal::SegmentationFault, reason::Plain{}, "read of 0"};
    case 2: return ThreadStopped{kOther, Signal::Trap, reason::NewProgram{"C:\\b.exe"}, ""};
    case 3: return ProcessExited{kSecond, 1};
    default: return NothingResumed{};
  }
}

// Every packet that goes out must fit into what the client was told.
void check_output(std::string_view output) {
  Scanner packets(output);
  while (!packets.at_end()) {
    packets.until('$');
    MM_CHECK(packets.until('#').size() <= 2 * kLargestPacket, "a packet is larger than announced");
  }
}

void play(std::string_view input) {
  FakeTarget target;
  ScriptedTransport wire;
  wire.input = bytes_of(input);
  wire.piece = 100;
  Session session(target, wire);
  size_t resumptions = 0;
  Request request = session.serve_until_resume(stop_number(resumptions));
  while (true) {
    if (std::holds_alternative<Resume>(request)) {
      session.poll();
      session.print("output\n");
      request = session.serve_until_resume(stop_number(++resumptions));
    } else if (std::holds_alternative<GoFurther>(request)) {
      session.poll();
      session.print("further\n");
      request = session.answer_monitor();
    } else {
      break;
    }
  }
  check_output(wire.output);
}

}  // namespace
}  // namespace emu::debugger::gdb::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  emu::debugger::gdb::test::play({reinterpret_cast<const char*>(data), size});
  return 0;
}
