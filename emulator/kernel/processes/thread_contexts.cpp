#include "emulator/kernel/processes/thread_contexts.h"

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/registers/context.h"
#include "emulator/kernel/waits/waits.h"

namespace emu {

void ThreadContexts::save(Thread& current) const {
  current.registers = cpu_.registers();
  current.floating_state = cpu_.floating_state();
}

void ThreadContexts::get(const Thread* current, Thread& thread, abi::Context& context) const {
  if (&thread == current) save(thread);
  capture_context(context, thread.registers, thread.floating_state, thread.debug_registers);
}

void ThreadContexts::set(const Thread* current, Thread& thread, const abi::Context& context) const {
  if (&thread == current) save_what_stays(thread, context);
  if (&thread != current && names(context, PAGEWALK_CONTEXT_CONTROL)) Waits::context_replaced(thread);
  apply_context(context, thread.registers, thread.floating_state, thread.debug_registers);
}

// The current thread's state, as far as `context` does not replace it: reading all of it takes its time.
void ThreadContexts::save_what_stays(Thread& thread, const abi::Context& context) const {
  using Floating = Thread::ContextChange::Floating;
  constexpr uint32_t kRegisters =
      PAGEWALK_CONTEXT_CONTROL | PAGEWALK_CONTEXT_INTEGER | PAGEWALK_CONTEXT_SEGMENTS;
  if (!names(context, kRegisters)) thread.registers = cpu_.registers();
  thread.registers.eax = static_cast<uint32_t>(mm::NtStatus::Success);  // of the service that does this
  const bool floating = names_floating(context);
  if (floating && !names(context, PAGEWALK_CONTEXT_EXTENDED_REGISTERS))
    thread.floating_state = cpu_.floating_state();
  thread.pending = Thread::ContextChange{floating ? Floating::Changed : Floating::Kept};
}

void ThreadContexts::raise_later(Thread& current, const Exception& exception,
                                 const abi::Context& context) const {
  if (!names_floating(context)) current.floating_state = cpu_.floating_state();
  set(&current, current, context);
  current.pending = exception;
}

}  // namespace emu
