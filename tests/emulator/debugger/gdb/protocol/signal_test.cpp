#include "emulator/debugger/gdb/protocol/signal.h"

#include <catch2/catch_test_macros.hpp>

namespace emu::debugger::gdb::test {
namespace {

TEST_CASE("gdb: exceptions are the signals that the same mistakes raise elsewhere") {
  CHECK(signal_of(mm::NtStatus::AccessViolation) == Signal::SegmentationFault);
  CHECK(signal_of(mm::NtStatus::StackOverflow) == Signal::SegmentationFault);
  CHECK(signal_of(mm::NtStatus::InPageError) == Signal::Bus);
  CHECK(signal_of(mm::NtStatus::PrivilegedInstruction) == Signal::IllegalInstruction);
  CHECK(signal_of(mm::NtStatus::IntegerDivideByZero) == Signal::FloatingPoint);
  CHECK(signal_of(mm::NtStatus::Breakpoint) == Signal::Trap);
  CHECK(signal_of(mm::NtStatus::SingleStep) == Signal::Trap);
  CHECK(signal_of(static_cast<mm::NtStatus>(0x20474343)) == Signal::Unknown);  // a C++ exception of GCC's
}

}  // namespace
}  // namespace emu::debugger::gdb::test
