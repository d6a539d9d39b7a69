// Raising exceptions.
#include <algorithm>

#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/thread_contexts.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/context.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr auto kLeave = ServiceResult::Next::Leave;
constexpr uint32_t kReservedBit = 0x10000000;  // of exception codes: the kernel's own

// Contexts and records are made of words, and probed as such.
template <class T>
mm::Result<T> capture_aligned(ServiceCall& call, size_t argument) {
  const mm::VirtualAddress at = call.pointer(argument);
  if (at.value % sizeof(uint32_t) != 0) return mm::fail(NtStatus::DatatypeMisalignment);
  return call.memory.load<T>(at);
}

Exception from_guest(const Thread& thread, const abi::ExceptionRecord& record, uint32_t first_chance) {
  Exception exception;
  exception.code = record.ExceptionCode & ~kReservedBit;
  exception.flags = record.ExceptionFlags;
  exception.nested = {record.ExceptionRecord};
  exception.address = {record.ExceptionAddress};
  exception.parameter_count = record.NumberParameters;
  std::copy_n(record.ExceptionInformation, exception.parameter_count, exception.parameters.begin());
  exception.chance = (first_chance & 0xFF) != 0 ? Exception::Chance::First : Exception::Chance::Second;
  exception.protection =
      exception.status() == NtStatus::AccessViolation && thread.protection_fault == exception.address;
  return exception;
}

// Windows takes every breakpoint for an INT3, whose EIP is one behind it.
abi::Context dispatched_context(const Exception& exception, abi::Context context) {
  const bool first = exception.chance == Exception::Chance::First;
  if (first && exception.status() == NtStatus::Breakpoint) context.Eip -= 1;
  return context;
}

}  // namespace

ServiceResult NtRaiseException(ServiceCall& call, ThreadContexts& contexts) {
  const auto record = capture_aligned<abi::ExceptionRecord>(call, 0);
  if (!record) return record.error();
  if (record->NumberParameters > Exception::kMaximumParameters) return NtStatus::InvalidParameter;
  const auto context = capture_aligned<abi::Context>(call, 1);
  if (!context) return context.error();
  const Exception exception = from_guest(call.thread, *record, call.word(2));
  contexts.raise_later(call.thread, exception, dispatched_context(exception, *context));
  return {NtStatus::Success, kLeave};
}

}  // namespace emu::services
