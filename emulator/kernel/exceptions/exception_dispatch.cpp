#include "emulator/kernel/exceptions/exception_dispatch.h"

#include <algorithm>
#include <cstddef>

#include "emulator/kernel/registers/context.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr uint32_t kTrapFlag = 1u << 8;
constexpr uint32_t kDirectionFlag = 1u << 10;
constexpr uint32_t kAlignmentCheck = 1u << 18;  // the DLLs move by MOVUPS, which it would refuse

abi::ExceptionRecord record_of(const Exception& exception) {
  abi::ExceptionRecord record{};
  record.ExceptionCode = exception.code;
  record.ExceptionFlags = exception.flags;
  record.ExceptionRecord = exception.nested.value;
  record.ExceptionAddress = exception.address.value;
  record.NumberParameters = exception.parameter_count;
  std::copy_n(exception.parameters.begin(), exception.parameter_count, record.ExceptionInformation);
  return record;
}

// A single step is over when it is reported; a handler that wants the next one asks for it again.
Registers as_reported(const Exception& exception, Registers registers) {
  if (exception.status() == NtStatus::SingleStep) registers.eflags &= ~kTrapFlag;
  return registers;
}

NtStatus push_frame(GuestMemory& memory, const Exception& exception, const Registers& registers,
                    const FloatingState& floating, const DebugRegisters& debug, mm::VirtualAddress at) {
  abi::UserExceptionFrame frame{};
  frame.Record = at.value + offsetof(abi::UserExceptionFrame, record);
  frame.Context = at.value + offsetof(abi::UserExceptionFrame, extended);
  frame.record = record_of(exception);
  frame.extended = extended_context(as_reported(exception, registers), floating, debug);
  return memory.store(at, frame);
}

// Where the exception happened, but because the stack is used up.
Exception stack_overflow(const Exception& exception, mm::VirtualAddress touched) {
  constexpr uint32_t kWrite = 1;
  Exception overflow;
  overflow.code = static_cast<uint32_t>(NtStatus::StackOverflow);
  overflow.address = exception.address;
  overflow.parameter_count = 2;
  overflow.parameters = {kWrite, touched.value};
  return overflow;
}

}  // namespace

NtStatus enter_exception_dispatcher(GuestMemory& memory, const Exception& exception,
                                    mm::VirtualAddress dispatcher, Registers& registers,
                                    const FloatingState& floating, DebugRegisters& debug) {
  const mm::VirtualAddress at{(registers.esp & ~3u) - uint32_t{sizeof(abi::UserExceptionFrame)}};
  NtStatus status = push_frame(memory, exception, registers, floating, debug, at);
  if (status == NtStatus::StackOverflow)
    status = push_frame(memory, stack_overflow(exception, at), registers, floating, debug, at);
  if (status != NtStatus::Success) return status;
  const Registers fresh;  // user selectors
  registers.cs = fresh.cs;
  registers.ss = fresh.ss;
  registers.ds = fresh.ds;
  registers.es = fresh.es;
  registers.fs = fresh.fs;
  registers.gs = fresh.gs;
  registers.eflags &= ~(kTrapFlag | kDirectionFlag | kAlignmentCheck);
  registers.esp = at.value;
  registers.eip = dispatcher.value;
  debug.resumes = false;
  return NtStatus::Success;
}

}  // namespace emu
