// Threads: beginning, ending, suspending (Microsoft, CreateThread, TerminateThread, SuspendThread;
// NtCreateThreadEx as its callers know it).
#include <span>
#include <vector>

#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/processes/user_thread.h"
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/services/named_objects.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr auto kLeave = ServiceResult::Next::Leave;
// Flags of NtCreateThreadEx.
constexpr uint32_t kCreateSuspended = 1;
constexpr uint32_t kSkipThreadAttach = 2;
constexpr uint32_t kKnownFlags = 0x7F;

mm::Result<Thread*> create(ServiceCall& call, Threads& threads, UserThreads& user_threads, Process& process,
                           const NamedRequest& request) {
  const uint32_t flags = call.word(6);
  ThreadStart start{.start = call.pointer(4), .argument = call.word(5)};
  start.stack = {.reserve = call.word(9), .commit = call.word(8)};
  if ((flags & kCreateSuspended) != 0) start.suspended = Suspended::Yes;
  if ((flags & kSkipThreadAttach) != 0) start.loader_notices = LoaderNotices::No;
  const auto thread = user_threads.create_for_program(process, start);
  if (!thread) return thread;
  const NtStatus status = give_handle(call, request, **thread);
  if (status == NtStatus::Success) return thread;
  threads.end(**thread, static_cast<uint32_t>(status));
  return mm::fail(status);
}

// Arguments: thread, previous count*.
mm::Result<Ref<Thread>> thread_to_suspend(ServiceCall& call) {
  if (const NtStatus status = probe_optional<uint32_t>(call, 1); status != NtStatus::Success)
    return mm::fail(status);
  return call.reference<Thread>(call.handle(0), thread_access::kSuspendResume);
}

}  // namespace

// handle*, access, attributes*, process, start, argument, flags, zero bits, commit, reserve, attribute list*
ServiceResult NtCreateThreadEx(ServiceCall& call, Threads& threads, UserThreads& user_threads) {
  const auto request = capture_named(call);
  if (!request) return request.error();
  if ((call.word(6) & ~kKnownFlags) != 0) return NtStatus::InvalidParameter;
  const auto process = call.reference<Process>(call.handle(3), process_access::kCreateThread);
  if (!process) return process.error();
  if (!(*process)->running()) return NtStatus::ProcessIsTerminating;
  if ((*process)->ntdll.thread_start.value == 0) return NtStatus::NotSupported;
  const auto thread = create(call, threads, user_threads, **process, *request);
  return thread ? NtStatus::Success : thread.error();
}

// Handle 0 is the caller, unless it is its process's last thread.
ServiceResult NtTerminateThread(ServiceCall& call, Processes& processes) {
  if (call.word(0) == 0 && call.process.thread_count == 1) return NtStatus::CantTerminateSelf;
  const auto thread = call.word(0) == 0 ? mm::Result<Ref<Thread>>(Ref<Thread>(&call.thread))
                                        : call.reference<Thread>(call.handle(0), thread_access::kTerminate);
  if (!thread) return thread.error();
  if (thread->get() == &call.thread) {
    call.thread.pending = ThreadEnd{call.word(1)};
    return {NtStatus::Success, kLeave};
  }
  if (!(*thread)->ended()) processes.end(**thread, {call.word(1)});
  return NtStatus::Success;
}

ServiceResult NtSuspendThread(ServiceCall& call, Threads& threads) {
  const auto thread = thread_to_suspend(call);
  if (!thread) return thread.error();
  const auto before = threads.suspend(**thread);
  if (!before) return before.error();
  const NtStatus status = store_optional(call, 1, *before);
  return {status, thread->get() == &call.thread ? kLeave : ServiceResult::Next::Return};
}

ServiceResult NtResumeThread(ServiceCall& call, Threads& threads) {
  const auto thread = thread_to_suspend(call);
  if (!thread) return thread.error();
  return store_optional(call, 1, threads.resume(**thread));
}

// handle*, access, attributes*, client id*: the thread's id, and its process's or 0
ServiceResult NtOpenThread(ServiceCall& call, Threads& threads) {
  const auto request = capture_named(call);
  if (!request) return request.error();
  const auto id = call.memory.load<abi::ClientId>(call.pointer(3));
  if (!id) return id.error();
  if (!request->attributes.name.empty()) return NtStatus::InvalidParameterMix;
  Thread* thread = threads.find(id->UniqueThread & ~3u);
  if (thread == nullptr) return NtStatus::InvalidCid;
  if (id->UniqueProcess != 0 && thread->process().id() != (id->UniqueProcess & ~3u))
    return NtStatus::InvalidCid;
  return give_handle(call, *request, *thread);
}

// STATUS_BUFFER_TOO_SMALL says how much room there has to be.
ServiceResult PwListThreads(ServiceCall& call, Threads& threads) {
  std::vector<uint32_t> tebs;
  threads.for_each_of(call.process, [&](const Thread& thread) { tebs.push_back(thread.teb().value); });
  const NtStatus status = call.memory.store(call.pointer(2), static_cast<uint32_t>(tebs.size()));
  if (status != NtStatus::Success) return status;
  if (tebs.size() > call.word(1)) return NtStatus::BufferTooSmall;
  return call.memory.write(call.pointer(0), std::as_bytes(std::span(tebs)));
}

}  // namespace emu::services
