// The kernel's loop around the processor's loop: who runs, and what follows when the processor came back.
#include <utility>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/exceptions/debug_unit.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/exceptions/processor_exception.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/thread_contexts.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/processes/user_entry.h"
#include "emulator/kernel/services/system_calls.h"
#include "emulator/kernel/time/code_time.h"
#include "emulator/kernel/time/cost.h"
#include "emulator/kernel/time/processor_times.h"
#include "emulator/kernel/time/shared_user_data.h"
#include "emulator/kernel/waits/waits.h"
#include "emulator/mmu/mmu.h"
#include "mm/memory_manager.h"

namespace emu {
namespace {

using mm::NtStatus;

// The loader continues a thread where the kernel would have begun it (user_entry.h).
bool begins(const Thread& thread) {
  const mm::VirtualAddress start = thread.process().ntdll.thread_start;
  return start.value != 0 && thread.registers.eip == start.value;
}

constexpr auto kBusError = mm::FaultOutcome::raise(NtStatus::InPageError, NtStatus::DeviceDataError);

}  // namespace

Kernel::RunEnd Kernel::run() {
  const RunEnd end = run_on();
  if (configuration_.verification != Verification::Off) memory_->verify();
  return end;
}

Kernel::RunEnd Kernel::run_on() {
  for (;;) {
    Thread* thread = next_thread();
    if (thread == nullptr) {
      if (!processes_->any_running()) return RunEnd::ProcessesEnded;
      const auto next = at_standstill();
      if (next == Controller::Standstill::LookAgain) continue;
      return next == Controller::Standstill::Quit ? RunEnd::Quit : RunEnd::Stuck;
    }
    switch_to(*thread);
    if (has_user_entry(*thread) && !enter_user_code(*thread)) continue;
    code_time_->prepare();
    const auto stop = run_processor(*thread);
    code_time_->charge();
    if (!stop) return RunEnd::Quit;
    if (stop->reason == StopReason::InstructionLimit) return RunEnd::InstructionLimit;
    settle(*thread, *stop);
    if (current_ != nullptr && !current_->runnable()) put_aside();
  }
}

// What the controller or a breakpoint holds the processor for is over when it runs on: nothing else happens
// there, so that threads take turns where they would have without it.
std::optional<Stop> Kernel::run_processor(Thread& thread) {
  for (;;) {
    auto pace = Controller::Pace::Free;
    if (controller_ != nullptr) pace = controller_->before_run(thread);
    if (pace == Controller::Pace::Quit) return std::nullopt;
    if (thread.ended() || pace == Controller::Pace::NotNow) return Stop{StopReason::Requested};
    const bool free = pace == Controller::Pace::Free;
    const Stop stop =
        debug_unit_->run(thread, free ? DebugUnit::Pace::Free : DebugUnit::Pace::OneInstruction);
    if (controller_ != nullptr) controller_->after_run(thread, stop);
    if (!is_for_controller(stop.reason)) return stop;
    const bool trapped = thread.debug_registers.due != 0;  // a trap comes before others take their turn
    if (!trapped && cpu_.code_byte_limit_reached()) return Stop{StopReason::CodeByteLimit};
  }
}

Thread* Kernel::next_thread() {
  threads_->sweep();
  processes_->verify_references_if_due();
  do {
    memory_->time_passed();
    waits_->time_passed();
    if (code_time_->quantum_over()) {
      scheduler_->quantum_ended(clock_.since_boot());
      code_time_->new_quantum();
    }
    if (Thread* thread = scheduler_->next(); thread != nullptr) return thread;
  } while (idle());
  return nullptr;
}

Controller::Standstill Kernel::at_standstill() {
  return controller_ != nullptr ? controller_->on_standstill() : Controller::Standstill::ForEver;
}

// Nobody can run: time passes until somebody can.
bool Kernel::idle() {
  const auto deadline = waits_->next_deadline();
  if (!deadline) return false;
  memory_->run_idle_work();
  clock_.wait_until(*deadline);
  shared_user_data_->update(clock_);
  return true;
}

void Kernel::save_current() {
  if (current_ != nullptr) contexts_->save(*current_);
}

void Kernel::put_aside() {
  times_->charge(current_);
  save_current();
  current_ = nullptr;
  faults_->set_current(nullptr);
}

void Kernel::take_off(const Thread& thread) {
  if (current_ == &thread) put_aside();
}

void Kernel::take_off(const Process& process) {
  if (current_ != nullptr && &current_->process() == &process) put_aside();
  if (current_process_ == &process) current_process_ = nullptr;
}

void Kernel::load(Thread& thread) {
  cpu_.set_registers(thread.registers);
  cpu_.set_floating_state(thread.floating_state);
}

void Kernel::switch_to(Thread& thread) {
  if (current_ == &thread) return;
  times_->charge(current_);
  save_current();
  if (current_process_ != &thread.process()) {
    current_process_ = &thread.process();
    mmu_.set_address_space(thread.process().root());
    memory_->make_current(thread.process().space());
  }
  cpu_.set_teb(thread.teb());
  load(thread);
  current_ = &thread;
  faults_->set_current(&thread);
  code_time_->new_quantum();
}

// An APC, or a thread's first steps. Without a stack for it the process ends.
bool Kernel::enter_user_code(Thread& thread) {
  save_current();
  ProcessPages pages(*faults_, thread.process(), &thread);
  GuestMemory memory(board_.ram(), thread.process().root(), pages);
  const NtStatus status = make_user_entry(memory, thread);
  if (status == NtStatus::Success) {
    load(thread);
    return true;
  }
  const Exception exception{static_cast<uint32_t>(status), 0, {thread.registers.eip}, 0, {}};
  listeners_->lives.tell(&LifeListener::on_unhandled_exception, thread, exception);
  processes_->end(thread.process(), {ProcessEnd::Kind::UnhandledException, exception.code});
  return false;
}

void Kernel::settle(Thread& thread, const Stop& stop) {
  switch (stop.reason) {
    case StopReason::Interrupt:
      if (stop.vector == SystemCalls::kVector) return settle_pending(thread);
      return settle_interrupt(thread, stop.vector);
    case StopReason::Exception: return settle_exception(thread, stop.vector);
    case StopReason::FaultRefused: return settle_refused_fault(thread);
    case StopReason::CodeByteLimit: return code_time_->limit_reached();
    case StopReason::Stepped:
    case StopReason::Breakpoint:
    case StopReason::Requested:
    case StopReason::InstructionLimit: return;
  }
}

void Kernel::settle_pending(Thread& thread) {
  const auto pending = std::exchange(thread.pending, std::monostate{});
  if (const auto* exception = std::get_if<Exception>(&pending)) {
    cpu_.set_floating_state(thread.floating_state);
    dispatch(thread, *exception);
  }
  if (const auto* end = std::get_if<ProcessEnd>(&pending)) processes_->end(thread.process(), *end);
  if (const auto* end = std::get_if<ThreadEnd>(&pending)) processes_->end(thread, *end);
  if (const auto* change = std::get_if<Thread::ContextChange>(&pending)) {
    cpu_.set_registers(thread.registers);
    if (change->floating == Thread::ContextChange::Floating::Changed)
      cpu_.set_floating_state(thread.floating_state);
    if (begins(thread)) listeners_->lives.tell(&LifeListener::on_thread_start, thread);
  }
}

// Of faults EFLAGS.RF is saved as 1, so that the instruction is made again without its breakpoint; of traps
// it is what it is (Intel SDM volume 3, 17.3.1.1).
void Kernel::settle_interrupt(Thread& thread, uint8_t vector) {
  const Exception exception = exception_of_interrupt(vector, cpu_.registers());
  if (exception.protection) thread.debug_registers.resumes = true;
  deliver(thread, exception, exception.address);
}

void Kernel::settle_exception(Thread& thread, uint8_t vector) {
  if (vector == vector::kDebug)
    thread.debug_registers.raise();
  else
    thread.debug_registers.resumes = true;
  deliver(thread, exception_of_processor(vector, cpu_, thread.process().root()), {cpu_.get(Register::Eip)});
}

void Kernel::settle_refused_fault(Thread& thread) {
  const RefusedFault& refused = mmu_.refused_fault();
  const mm::FaultOutcome outcome =
      refused.cause == RefusedFault::Cause::BusError ? kBusError : faults_->refused();
  if (outcome.kind == mm::FaultOutcome::Kind::Wait) {
    waits_->wait_for_page(thread, outcome.until);
  } else {
    thread.debug_registers.resumes = true;
    deliver(thread, exception_of_fault(refused.fault, outcome, refused.instruction), refused.instruction);
  }
}

}  // namespace emu
