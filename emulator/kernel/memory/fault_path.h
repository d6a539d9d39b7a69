// The kernel's part of a page fault: time passes, the memory manager resolves it, a guard page grows the
// stack of the thread that touched it, and with --verify it is checked. The same path serves the
// guest's instructions and the services' own accesses.
#pragma once

#include <cstdint>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/time/clock.h"
#include "emulator/kernel/verification.h"
#include "emulator/mmu/fault_handler.h"
#include "emulator/mmu/mmu.h"
#include "mm/inspect/fault_story.h"
#include "mm/memory_manager.h"

namespace emu {

class FaultPath final : public FaultHandler {
 public:
  FaultPath(Clock& clock, Verification verification, FaultListeners& listeners)
      : clock_(clock), verification_(verification), listeners_(listeners) {}

  // Once, before anything runs.
  void attach(mm::MemoryManager& manager, mm::PhysicalMemory ram, Cpu& cpu, Mmu& mmu);

  // Whose instructions run; null: nobody's.
  void set_current(Thread* thread) { current_ = thread; }

  // FaultHandler: an instruction of the current thread.
  mm::FaultOutcome handle(const mm::Fault& fault) override;

  // A service, the loader or the debugger on user memory of `process`; `thread` (may be null) is whose stack
  // may grow. Waits where a page is on its way.
  mm::FaultOutcome resolve(Process& process, const Thread* thread, mm::FaultActor actor,
                           const mm::Fault& fault);

  void frame_written(mm::PageFrameNumber frame) { mmu_->discard_code(frame); }

 private:
  // On whose behalf; `thread` is null where no stack may grow.
  struct Origin {
    Process& process;
    const Thread* thread;
    mm::FaultActor actor;
  };

  mm::FaultOutcome resolve(const Origin& origin, const mm::Fault& fault);
  mm::FaultOutcome resolve_once(const Origin& origin, const mm::Fault& fault);
  mm::FaultOutcome grow_stack(const Origin& origin, const mm::Fault& fault);
  mm::FaultOutcome ask_manager(const Origin& origin, const mm::Fault& fault);

  Clock& clock_;
  Verification verification_;
  FaultListeners& listeners_;
  mm::MemoryManager* manager_ = nullptr;
  Cpu* cpu_ = nullptr;
  Mmu* mmu_ = nullptr;
  mm::PhysicalMemory ram_{{}};
  Thread* current_ = nullptr;
};

// The PageResolver of one process, as services, the loader and the debugger need it.
class ProcessPages final : public PageResolver {
 public:
  ProcessPages(FaultPath& faults, Process& process, const Thread* thread,
               mm::FaultActor actor = mm::FaultActor::System)
      : faults_(faults), process_(process), thread_(thread), actor_(actor) {}
  mm::FaultOutcome resolve(const mm::Fault& fault) override {
    return faults_.resolve(process_, thread_, actor_, fault);
  }
  void frame_written(mm::PageFrameNumber frame) override { faults_.frame_written(frame); }

 private:
  FaultPath& faults_;
  Process& process_;
  const Thread* thread_;
  mm::FaultActor actor_;
};

}  // namespace emu
