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

ServiceResult yield(ServiceCall& call, Clock& clock, Scheduler& scheduler, YieldTo whom, NtStatus nobody) {
  if (!scheduler.yield(call.thread, whom, clock.since_boot())) return nobody;
  return {NtStatus::Success, ServiceResult::Next::Leave};
}

}  // namespace

ServiceResult NtQueryPerformanceCounter(ServiceCall& call, Clock& clock) {
  const NtStatus status = call.memory.store(call.pointer(0), clock.performance_counter());
  if (status != NtStatus::Success || call.word(1) == 0) return status;
  return call.memory.store(call.pointer(1), Clock::kCounterFrequency);
}

ServiceResult NtQuerySystemTime(ServiceCall& call, Clock& clock) {
  return call.memory.store(call.pointer(0), clock.system_time());
}

ServiceResult NtGetTickCount(ServiceCall&, Clock& clock) {
  return ServiceResult::value(static_cast<uint32_t>(clock.milliseconds()));
}

// An interval of 0 gives the rest of the time slice to threads of equal priority (Microsoft, Sleep).
ServiceResult NtDelayExecution(ServiceCall& call, Clock& clock, Scheduler& scheduler, Waits& waits) {
  const auto interval = call.memory.load<int64_t>(call.pointer(1));
  if (!interval) return interval.error();
  const Duration deadline = deadline_of(clock, *interval);
  const NtStatus status = waits.delay(call.thread, alertable(call, 0), deadline);
  if (status == NtStatus::Success) return yield(call, clock, scheduler, YieldTo::Equals, NtStatus::Success);
  return result_of_wait(status);
}

ServiceResult NtYieldExecution(ServiceCall& call, Clock& clock, Scheduler& scheduler) {
  return yield(call, clock, scheduler, YieldTo::Anybody, NtStatus::NoYieldPerformed);
}

}  // namespace emu::services
