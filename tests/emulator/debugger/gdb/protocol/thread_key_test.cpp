// GDB manual, E.2 "Packets", "thread-id syntax".
#include "emulator/debugger/gdb/protocol/thread_key.h"

#include <catch2/catch_test_macros.hpp>

namespace emu::debugger::gdb::test {
namespace {

constexpr ThreadKey kKey{{0x10}, {0x1c}};

TEST_CASE("gdb: threads are named with or without their process") {
  CHECK(to_text(kKey, ThreadNaming::ThreadOnly) == "1c");
  CHECK(to_text(kKey, ThreadNaming::ProcessAndThread) == "p10.1c");
}

TEST_CASE("gdb: a client's thread-id may leave things open") {
  CHECK(thread_pattern("1c") == ThreadPattern{{}, ThreadId{0x1c}});
  CHECK(thread_pattern("p10.1c") == ThreadPattern{ProcessId{0x10}, ThreadId{0x1c}});
  CHECK(thread_pattern("p10") == ThreadPattern{ProcessId{0x10}, {}});
  CHECK(thread_pattern("p10.-1") == ThreadPattern{ProcessId{0x10}, {}});
  CHECK(thread_pattern("-1") == ThreadPattern{});
  CHECK(thread_pattern("0") == ThreadPattern{});
  CHECK(thread_pattern("p-1.-1") == ThreadPattern{});
  CHECK(thread_pattern("p0.0") == ThreadPattern{});
}

TEST_CASE("gdb: what is no thread-id is refused") {
  for (const char* text : {"", "p", "p.", "p1.", "p.1", "x", "1,2", "p1.2.3", "-2", "p-2.1", "100000000"}) {
    CAPTURE(text);
    CHECK_FALSE(thread_pattern(text));
  }
}

TEST_CASE("gdb: a pattern covers what it does not tell apart") {
  CHECK(ThreadPattern{}.matches(kKey));
  CHECK(ThreadPattern{ProcessId{0x10}, {}}.matches(kKey));
  CHECK_FALSE(ThreadPattern{ProcessId{0x11}, {}}.matches(kKey));
  CHECK_FALSE(ThreadPattern{ProcessId{0x10}, ThreadId{0x1d}}.matches(kKey));
}

}  // namespace
}  // namespace emu::debugger::gdb::test
