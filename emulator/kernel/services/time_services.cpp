// Time: what it is, and waiting for it.
#include "emulator/kernel/services/handlers.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr auto kLeave = ServiceResult::Next::Leave;
constexpr int64_t kLongestWait = int64_t{1} << 55;  // 100 ns units: 114 years and no overflow in nanoseconds

// From 100 ns units, negative: relative, else an absolute system time.
Duration deadline_of(const Clock& clock, int64_t interval) {
  const int64_t relative = interval < 0 ? (interval < -kLongestWait ? kLongestWait : -interval)
                                        : interval - static_cast<int64_t>(clock.system_time());
  const int64_t bounded = relative < 0 ? 0 : (relative > kLongestWait ? kLongestWait : relative);
  return clock.since_boot() + Duration(bounded * 100);
}

}  // namespace

ServiceResult NtQueryPerformanceCounter(ServiceCall& call) {
  const NtStatus status = call.memory.store(call.pointer(0), call.machine.clock().performance_counter());
  if (status != NtStatus::Success || call.word(1) == 0) return status;
  return call.memory.store(call.pointer(1), Clock::kCounterFrequency);
}

ServiceResult NtQuerySystemTime(ServiceCall& call) {
  return call.memory.store(call.pointer(0), call.machine.clock().system_time());
}

ServiceResult NtGetTickCount(ServiceCall& call) {
  return ServiceResult::value(static_cast<uint32_t>(call.machine.clock().milliseconds()));
}

ServiceResult NtDelayExecution(ServiceCall& call) {
  const auto interval = call.memory.load<int64_t>(call.pointer(1));
  if (!interval) return interval.error();
  if (*interval == 0) return NtYieldExecution(call);
  call.machine.scheduler().block_until(call.thread, deadline_of(call.machine.clock(), *interval));
  return {NtStatus::Success, kLeave};
}

ServiceResult NtYieldExecution(ServiceCall& call) {
  if (call.machine.scheduler().ready_count() < 2) return NtStatus::Success;
  call.machine.scheduler().yield(call.thread);
  return {NtStatus::Success, kLeave};
}

}  // namespace emu::services
