// What several services capture, and how several answer.
#pragma once

#include <optional>

#include "emulator/board/clock.h"
#include "emulator/kernel/services/service_call.h"
#include "emulator/kernel/waits/thread_wait.h"

namespace emu::services {

// Reads a time-out in 100 ns units: relative when it is negative, otherwise an absolute system time. None
// when the address is 0.
mm::Result<std::optional<Duration>> capture_timeout(ServiceCall& call, Clock& clock, mm::VirtualAddress at);
Duration deadline_of(const Clock& clock, int64_t interval);

// Returns a BOOLEAN argument, which is the low byte of its word.
inline bool flag(const ServiceCall& call, size_t index) { return (call.word(index) & 0xFF) != 0; }
inline ThreadWait::Alertable alertable(const ServiceCall& call, size_t index) {
  return flag(call, index) ? ThreadWait::Alertable::Yes : ThreadWait::Alertable::No;
}

// Stores an output that the caller may leave out.
template <class T>
mm::NtStatus store_optional(ServiceCall& call, size_t index, const T& value) {
  return call.word(index) == 0 ? mm::NtStatus::Success : call.memory.store(call.pointer(index), value);
}
// Makes sure that this will be possible.
template <class T>
mm::NtStatus probe_optional(ServiceCall& call, size_t index) {
  return call.word(index) == 0 ? mm::NtStatus::Success
                               : call.memory.probe_for_write(call.pointer(index), sizeof(T));
}

// Answers a query (arguments: object, class, buffer, length, returned length*) whose answer has a fixed size.
template <class T>
mm::NtStatus answer_fixed(ServiceCall& call, const T& information) {
  if (call.word(3) != sizeof(T)) return mm::NtStatus::InfoLengthMismatch;
  const mm::NtStatus status = call.memory.store(call.pointer(2), information);
  if (status != mm::NtStatus::Success) return status;
  return store_optional(call, 4, static_cast<uint32_t>(sizeof(T)));
}

// Makes a service's result of a wait's status: a thread that blocked leaves the processor, another returns.
inline ServiceResult result_of_wait(mm::NtStatus status) {
  const bool leaves = status == mm::NtStatus::Pending || status == mm::NtStatus::UserApc;
  return {status, leaves ? ServiceResult::Next::Leave : ServiceResult::Next::Return};
}

}  // namespace emu::services
