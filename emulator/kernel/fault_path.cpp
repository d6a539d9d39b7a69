#include "emulator/kernel/fault_path.h"

#include <spdlog/spdlog.h>

#include "emulator/kernel/user_stack.h"

namespace emu {

using mm::FaultOutcome;
using mm::NtStatus;

class FaultPath::TebResolver final : public PageResolver {
 public:
  TebResolver(FaultPath& faults, Process& process) : faults_(faults), process_(process) {}
  FaultOutcome resolve(const mm::Fault& fault) override {
    return faults_.resolve(process_, nullptr, fault, StackGrowth::Forbidden);
  }
  void frame_written(mm::PageFrameNumber frame) override { faults_.frame_written(frame); }

 private:
  FaultPath& faults_;
  Process& process_;
};

void FaultPath::attach(mm::MemoryManager& manager, mm::PhysicalMemory ram, Cpu& cpu, Mmu& mmu) {
  manager_ = &manager;
  ram_ = ram;
  cpu_ = &cpu;
  mmu_ = &mmu;
}

FaultOutcome FaultPath::handle(const mm::Fault& fault) {
  return resolve_once(current_->process(), current_, fault, StackGrowth::Allowed);
}

FaultOutcome FaultPath::resolve(Process& process, const Thread* thread, const mm::Fault& fault) {
  return resolve(process, thread, fault, StackGrowth::Allowed);
}

FaultOutcome FaultPath::resolve(Process& process, const Thread* thread, const mm::Fault& fault,
                                StackGrowth growth) {
  FaultOutcome outcome = resolve_once(process, thread, fault, growth);
  while (outcome.kind == FaultOutcome::Kind::Wait) {
    clock_.charge(cost::kHardRead);
    manager_->run_idle_work();
    outcome = resolve_once(process, thread, fault, growth);
  }
  return outcome;
}

FaultOutcome FaultPath::resolve_once(Process& process, const Thread* thread, const mm::Fault& fault,
                                     StackGrowth growth) {
  const FaultOutcome outcome = ask_manager(process, fault);
  const bool guard =
      outcome.kind == FaultOutcome::Kind::Raise && outcome.status == NtStatus::GuardPageViolation;
  if (!guard || thread == nullptr || growth == StackGrowth::Forbidden) return outcome;
  return grow_stack(process, *thread, fault);
}

FaultOutcome FaultPath::grow_stack(Process& process, const Thread& thread, const mm::Fault& fault) {
  TebResolver pages(*this, process);
  GuestMemory memory(ram_, process.directory(), pages);
  const FaultOutcome outcome =
      grow_user_stack(*manager_, process.space(), memory, thread.teb(), fault.address);
  if (outcome.kind != FaultOutcome::Kind::Retry) return outcome;
  spdlog::debug("thread {}: the stack grew at {:#010x}", thread.id(), fault.address.value);
  return ask_manager(process, fault);  // what was the guard page is an ordinary one now
}

FaultOutcome FaultPath::ask_manager(Process& process, const mm::Fault& fault) {
  const mm::FaultStatistics& counted = manager_->faults(process.space());
  const uint64_t hard_before = counted.hard;
  if (supervisor_ != nullptr) supervisor_->on_fault(process, current_, fault);
  const FaultOutcome outcome = manager_->fault(process.space(), fault, {cpu_->get(Register::Eip)});
  clock_.charge(counted.hard == hard_before ? cost::kSoftFault : cost::kHardRead);
  if (spdlog::should_log(spdlog::level::trace))
    spdlog::trace("process {}: fault at {:#010x}: outcome {}, {}", process.id(), fault.address.value,
                  static_cast<int>(outcome.kind), mm::to_string(outcome.status));
  if (verification_ == Verification::On) manager_->verify();
  if (supervisor_ != nullptr) supervisor_->on_fault_end(process, outcome);
  return outcome;
}

}  // namespace emu
