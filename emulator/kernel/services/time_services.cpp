// Time: what it is, and waiting for it.
#include "emulator/board/clock.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/waits/thread_wait.h"
#include "emulator/kernel/waits/waits.h"

namespace emu::services {
namespace {

using mm::NtStatus;
using YieldTo = Scheduler::YieldTo;

ServiceResult yield(ServiceCall& call, YieldTo whom, NtStatus nobody) {
  Kernel& kernel = call.kernel;
  if (!kernel.scheduler().yield(call.thread, whom, kernel.clock().since_boot())) return nobody;
  return {NtStatus::Success, ServiceResult::Next::Leave};
}

}  // namespace

ServiceResult NtQueryPerformanceCounter(ServiceCall& call) {
  const NtStatus status = call.memory.store(call.pointer(0), call.kernel.clock().performance_counter());
  if (status != NtStatus::Success || call.word(1) == 0) return status;
  return call.memory.store(call.pointer(1), Clock::kCounterFrequency);
}

ServiceResult NtQuerySystemTime(ServiceCall& call) {
  return call.memory.store(call.pointer(0), call.kernel.clock().system_time());
}

ServiceResult NtGetTickCount(ServiceCall& call) {
  return ServiceResult::value(static_cast<uint32_t>(call.kernel.clock().milliseconds()));
}

// An interval of 0 gives the rest of the time slice to threads of equal priority (Microsoft, Sleep).
ServiceResult NtDelayExecution(ServiceCall& call) {
  const auto interval = call.memory.load<int64_t>(call.pointer(1));
  if (!interval) return interval.error();
  const Duration deadline = deadline_of(call.kernel.clock(), *interval);
  const NtStatus status = call.kernel.waits().delay(call.thread, alertable(call, 0), deadline);
  if (status == NtStatus::Success) return yield(call, YieldTo::Equals, NtStatus::Success);
  return result_of_wait(status);
}

ServiceResult NtYieldExecution(ServiceCall& call) {
  return yield(call, YieldTo::Anybody, NtStatus::NoYieldPerformed);
}

}  // namespace emu::services
