// Contexts of threads.
#include <variant>

#include "emulator/board/clock.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/thread_contexts.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/time/cost.h"
#include "emulator/kernel/waits/waits.h"
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

// Answers CONTEXT_EXCEPTION_REQUEST (winnt.h). A thread that asks about itself is in the service that asks.
void report_activity(abi::Context& context, const Thread& thread, const Thread& caller) {
  constexpr uint32_t kAnswers = PAGEWALK_CONTEXT_EXCEPTION_ACTIVE | PAGEWALK_CONTEXT_SERVICE_ACTIVE |
                                PAGEWALK_CONTEXT_EXCEPTION_REPORTING;
  if ((context.ContextFlags & PAGEWALK_CONTEXT_EXCEPTION_REQUEST) == 0) return;
  const bool in_exception =
      thread.wait.kind == ThreadWait::Kind::Page || std::holds_alternative<Exception>(thread.pending);
  const bool in_service = &thread == &caller || thread.wait.active();
  context.ContextFlags = (context.ContextFlags & ~kAnswers) | PAGEWALK_CONTEXT_EXCEPTION_REPORTING;
  if (in_exception)
    context.ContextFlags |= PAGEWALK_CONTEXT_EXCEPTION_ACTIVE;
  else if (in_service)
    context.ContextFlags |= PAGEWALK_CONTEXT_SERVICE_ACTIVE;
}

}  // namespace

// Alertable: the APCs that wait are called first.
ServiceResult NtContinue(ServiceCall& call, Clock& clock, ThreadContexts& contexts) {
  const auto context = capture_context(call, 0);
  if (!context) return context.error();
  clock.charge(cost::kException);
  contexts.set(&call.thread, call.thread, *context);
  if ((call.word(1) & 0xFF) != 0) (void)Waits::take_alert(call.thread);
  return {NtStatus::Success, kLeave};
}

ServiceResult NtGetContextThread(ServiceCall& call, ThreadContexts& contexts) {
  auto context = capture_context(call, 1);
  if (!context) return context.error();
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kGetContext);
  if (!thread) return thread.error();
  if ((*thread)->ended()) return NtStatus::ThreadIsTerminating;
  contexts.get(&call.thread, **thread, *context);
  report_activity(*context, **thread, call.thread);
  return call.memory.store(call.pointer(1), *context);
}

ServiceResult NtSetContextThread(ServiceCall& call, ThreadContexts& contexts) {
  const auto context = capture_context(call, 1);
  if (!context) return context.error();
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kSetContext);
  if (!thread) return thread.error();
  if ((*thread)->ended()) return NtStatus::ThreadIsTerminating;
  contexts.set(&call.thread, **thread, *context);
  const bool own = thread->get() == &call.thread;
  return {NtStatus::Success, own ? kLeave : ServiceResult::Next::Return};
}

}  // namespace emu::services
