// Lets the fake target's main thread "run": over its page of NOPs one byte at a time, with something to see
// on the way. The other threads only wait.
#pragma once

#include <optional>

#include "emulator/debugger/gdb/protocol/request.h"
#include "emulator/debugger/gdb/protocol/session.h"
#include "emulator/debugger/gdb/protocol/stop.h"
#include "tests/emulator/debugger/gdb/protocol/fake_target.h"

namespace emu::debugger::gdb::test {

namespace event {
inline constexpr uint32_t kPrints = 0x401020;  // "hello from the guest"
inline constexpr uint32_t kWrites = 0x401040;  // one byte to kWritten
inline constexpr uint32_t kFails = 0x401060;   // an access violation; the process ends if it is delivered
inline constexpr uint32_t kLoads = 0x401080;   // a library
inline constexpr uint32_t kSpins = 0x4010a0;   // for ever, until the client moves EIP
inline constexpr uint32_t kEnds = 0x4010c0;    // with exit code 7
inline constexpr mm::VirtualAddress kWritten{0x403010};
}  // namespace event

class FakeRun {
 public:
  FakeRun(FakeTarget& target, Session& session);

  // Until the next stop; nothing when the client has gone.
  std::optional<StopReply> run(const Resume& resume);

 private:
  uint32_t& eip() { return target_->registers(kMain).integer.eip; }
  std::optional<StopReply> wait_for_interrupt();
  std::optional<StopReply> execute(Signal signal);
  std::optional<StopReply> write_data();
  std::optional<StopReply> breakpoint_here();
  StopReply end(StopReply how);
  StopReply stopped(Signal signal, const StopReason& why, const char* description = "") const;

  FakeTarget* target_;
  Session* session_;
  uint32_t failed_at_ = 0;  // the exception that has been told and not been decided on
  bool loaded_ = false;
};

}  // namespace emu::debugger::gdb::test
