#include "emulator/kernel/memory/fault_path.h"

#include <spdlog/spdlog.h>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/user_stack.h"
#include "emulator/kernel/time/cost.h"
#include "emulator/mmu/mmu.h"
#include "mm/memory_manager.h"

namespace emu {

using mm::FaultOutcome;
using mm::NtStatus;

FaultAnswer FaultPath::handle(const mm::Fault& fault) {
  const FaultOutcome outcome =
      resolve_once({current_->process(), current_, mm::FaultActor::Instruction}, fault);
  if (outcome.kind == FaultOutcome::Kind::Retry) return FaultAnswer::Retry;
  refused_ = outcome;
  return FaultAnswer::Refused;
}

void FaultPath::frame_written(mm::PageFrameNumber frame) { board_.mmu().discard_code(frame); }

FaultOutcome FaultPath::resolve(Process& process, const Thread* thread, mm::FaultActor actor,
                                const mm::Fault& fault) {
  return resolve({process, thread, actor}, fault);
}

FaultOutcome FaultPath::resolve(const Origin& origin, const mm::Fault& fault) {
  FaultOutcome outcome = resolve_once(origin, fault);
  while (outcome.kind == FaultOutcome::Kind::Wait) {
    clock_.wait_until(outcome.until);
    outcome = resolve_once(origin, fault);
  }
  return outcome;
}

FaultOutcome FaultPath::resolve_once(const Origin& origin, const mm::Fault& fault) {
  const FaultOutcome outcome = ask_manager(origin, fault);
  const bool guard =
      outcome.kind == FaultOutcome::Kind::Raise && outcome.status == NtStatus::GuardPageViolation;
  return guard && origin.thread != nullptr ? grow_stack(origin, fault) : outcome;
}

FaultOutcome FaultPath::grow_stack(const Origin& origin, const mm::Fault& fault) {
  Process& process = origin.process;
  ProcessPages pages(*this, process, nullptr);  // for the TEB, which is no stack
  GuestMemory memory(board_.ram(), process.root(), pages);
  const FaultOutcome outcome =
      grow_user_stack(*manager_, process.space(), memory, origin.thread->teb(), fault.address);
  if (outcome.kind != FaultOutcome::Kind::Retry) return outcome;
  spdlog::debug("thread {}: the stack grew at {:#010x}", origin.thread->id(), fault.address.value);
  return ask_manager(origin, fault);  // what was the guard page is an ordinary one now
}

FaultOutcome FaultPath::ask_manager(const Origin& origin, const mm::Fault& fault) {
  Process& process = origin.process;
  listeners_.tell(&FaultListener::on_fault, process, current_, fault, origin.actor);
  const FaultOutcome outcome = manager_->fault(process.space(), fault, {board_.cpu().get(Register::Eip)});
  clock_.charge(outcome.hard() ? hard_fault_ : cost::kSoftFault);
  if (spdlog::should_log(spdlog::level::trace))
    spdlog::trace("process {}: fault at {:#010x}: outcome {}, {}", process.id(), fault.address.value,
                  static_cast<int>(outcome.kind), mm::to_string(outcome.status));
  verify_step(verification_, *manager_);
  listeners_.tell(&FaultListener::on_fault_end, process, outcome);
  return outcome;
}

}  // namespace emu
