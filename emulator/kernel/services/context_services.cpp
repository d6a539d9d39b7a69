// Contexts of threads.
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/context.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr auto kLeave = ServiceResult::Next::Leave;

// Contexts are made of words, and probed as such.
mm::Result<abi::Context> capture_context(ServiceCall& call, size_t argument) {
  const mm::VirtualAddress at = call.pointer(argument);
  if (at.value % sizeof(uint32_t) != 0) return mm::fail(NtStatus::DatatypeMisalignment);
  return call.memory.load<abi::Context>(at);
}

}  // namespace

// Alertable: the APCs that wait are called first.
ServiceResult NtContinue(ServiceCall& call) {
  const auto context = capture_context(call, 0);
  if (!context) return context.error();
  call.machine.clock().charge(cost::kException);
  call.machine.set_context(call.thread, *context);
  if ((call.word(1) & 0xFF) != 0) (void)Waits::take_alert(call.thread);
  return {NtStatus::Success, kLeave};
}

ServiceResult NtGetContextThread(ServiceCall& call) {
  auto context = capture_context(call, 1);
  if (!context) return context.error();
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kGetContext);
  if (!thread) return thread.error();
  if ((*thread)->ended()) return NtStatus::ThreadIsTerminating;
  call.machine.get_context(**thread, *context);
  return call.memory.store(call.pointer(1), *context);
}

ServiceResult NtSetContextThread(ServiceCall& call) {
  const auto context = capture_context(call, 1);
  if (!context) return context.error();
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kSetContext);
  if (!thread) return thread.error();
  if ((*thread)->ended()) return NtStatus::ThreadIsTerminating;
  call.machine.set_context(**thread, *context);
  const bool own = thread->get() == &call.thread;
  return {NtStatus::Success, own ? kLeave : ServiceResult::Next::Return};
}

}  // namespace emu::services
