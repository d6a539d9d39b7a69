// User APCs and alerts (Microsoft, QueueUserAPC; "Asynchronous Procedure Calls").
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/waits/waits.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr uint64_t kApcPoolSize = 64;
static_assert(sizeof(UserApc) <= kApcPoolSize);

}  // namespace

ServiceResult NtQueueApcThread(ServiceCall& call, Waits& waits) {
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kSetContext);
  if (!thread) return thread.error();
  if ((*thread)->ended()) return NtStatus::Unsuccessful;
  if (call.word(1) == 0) return NtStatus::Success;  // without a routine there is nothing that would be called
  // As many as the caller's pool pays for; Windows knows no other number.
  mm::PoolCharge charge(call.pool_quota());
  if (charge.grow(kApcPoolSize) != NtStatus::Success) return NtStatus::NoMemory;
  (*thread)->apcs.push_back({call.word(1), {call.word(2), call.word(3), call.word(4)}, std::move(charge)});
  waits.interrupt(**thread);
  return NtStatus::Success;
}

ServiceResult NtTestAlert(ServiceCall& call) {
  const auto status = Waits::take_alert(call.thread);
  if (!status) return NtStatus::Success;
  return {*status == NtStatus::Alerted ? NtStatus::Alerted : NtStatus::Success, ServiceResult::Next::Leave};
}

ServiceResult NtAlertThread(ServiceCall& call, Waits& waits) {
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kAlert);
  if (!thread) return thread.error();
  (*thread)->alerted = true;
  waits.interrupt(**thread);
  return NtStatus::Success;
}

ServiceResult NtAlertResumeThread(ServiceCall& call, Threads& threads, Waits& waits) {
  if (const NtStatus status = probe_optional<uint32_t>(call, 1); status != NtStatus::Success) return status;
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kSuspendResume);
  if (!thread) return thread.error();
  (*thread)->alerted = true;
  waits.interrupt(**thread);
  return store_optional(call, 1, threads.resume(**thread));
}

// Of the caller's process.
ServiceResult NtAlertThreadByThreadId(ServiceCall& call, Threads& threads, Waits& waits) {
  Thread* thread = threads.find(call.word(0));
  if (thread == nullptr) return NtStatus::InvalidCid;
  if (&thread->process() != &call.process) return NtStatus::AccessDenied;
  waits.alert_by_id(*thread);
  return NtStatus::Success;
}

ServiceResult NtWaitForAlertByThreadId(ServiceCall& call, Clock& clock, Waits& waits) {
  const auto deadline = capture_timeout(call, clock, call.pointer(1));
  if (!deadline) return deadline.error();
  return result_of_wait(waits.wait_for_alert_by_id(call.thread, *deadline));
}

}  // namespace emu::services
