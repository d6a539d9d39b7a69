// How an exception reaches the guest, and what a thread goes on with.
#include <spdlog/spdlog.h>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/exceptions/debug_unit.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/exceptions/exception_dispatch.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/time/cost.h"

namespace emu {

using mm::NtStatus;

// Of the current thread, by the processor, with EIP as its handlers are to see it.
void Kernel::deliver(Thread& thread, const Exception& exception, mm::VirtualAddress eip) {
  save_current();
  if (exception.protection)
    thread.protection_fault = exception.address;
  else if (thread.protection_fault == exception.address)
    thread.protection_fault.reset();
  thread.registers.eip = eip.value;
  dispatch(thread, exception);
}

// Of the current thread, whose registers are saved.
void Kernel::dispatch(Thread& thread, const Exception& exception) {
  clock_.charge(cost::kException);
  spdlog::debug("thread {}: exception {:#010x} at {:#010x}", thread.id(), exception.code,
                exception.address.value);
  if (controller_ != nullptr &&
      controller_->on_exception(thread, exception) == Controller::Disposition::Swallow)
    return go_on_after(thread, exception);
  if (exception.chance == Exception::Chance::First && offer(thread, exception))
    cpu_.set_registers(thread.registers);
  else
    end_unhandled(thread, exception);
}

// Nobody hears of it: an execution breakpoint that was met is passed.
void Kernel::go_on_after(Thread& thread, const Exception& exception) {
  DebugRegisters& debug = thread.debug_registers;
  if (exception.status() == NtStatus::SingleStep &&
      (debug_unit_->met_at(thread.registers.eip) & debug.status) != 0)
    debug.resumes = true;
  load(thread);
}

// Whether the thread will run the guest's handlers next.
bool Kernel::offer(Thread& thread, const Exception& exception) {
  const mm::VirtualAddress dispatcher = thread.process().ntdll.exception_dispatcher;
  if (dispatcher.value == 0) return false;
  ProcessPages pages(*faults_, thread.process(), &thread);
  GuestMemory memory(board_.ram(), thread.process().root(), pages);
  thread.stack_status = enter_exception_dispatcher(memory, exception, dispatcher, thread.registers,
                                                   thread.floating_state, thread.debug_registers);
  return thread.stack_status == NtStatus::Success;
}

// As on Windows, the process ends with the exception's code.
void Kernel::end_unhandled(Thread& thread, const Exception& exception) {
  if (controller_ != nullptr && exception.chance == Exception::Chance::First) {
    Exception second = exception;
    second.chance = Exception::Chance::Second;
    if (controller_->on_exception(thread, second) == Controller::Disposition::Swallow)
      return go_on_after(thread, exception);
  }
  listeners_->lives.tell(&LifeListener::on_unhandled_exception, thread, exception);
  processes_->end(thread.process(), {ProcessEnd::Kind::UnhandledException, exception.code});
}

}  // namespace emu
