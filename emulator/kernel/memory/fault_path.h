// The kernel's part of a page fault: time passes, the memory manager resolves it, a guard page grows the
// stack of the thread that touched it, and with --verify it is checked. The same path serves the
// guest's instructions and the services' own accesses.
#pragma once

#include <cstdint>

#include "emulator/board/board.h"
#include "emulator/board/clock.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/verification.h"
#include "emulator/mmu/fault_handler.h"
#include "mm/inspect/fault_story.h"

namespace mm {
class MemoryManager;
}

namespace emu {

class FaultListeners;
class Process;
class Thread;

class FaultPath final : public FaultHandler {
 public:
  // `hard_fault`: the time that the processor spends with one. What the paging file's device takes comes
  // first, and is waited for.
  FaultPath(Board& board, Verification verification, Duration hard_fault, FaultListeners& listeners)
      : board_(board),
        clock_(board.clock()),
        verification_(verification),
        hard_fault_(hard_fault),
        listeners_(listeners) {}

  // Once, before anything runs.
  void attach(mm::MemoryManager& manager) { manager_ = &manager; }

  // Whose instructions run; null: nobody's.
  void set_current(Thread* thread) { current_ = thread; }

  // FaultHandler: an instruction of the current thread.
  FaultAnswer handle(const mm::Fault& fault) override;
  // Why it was refused: Raise or Wait.
  const mm::FaultOutcome& refused() const { return refused_; }

  // A service, the loader or the debugger on user memory of `process`; `thread` (may be null) is whose stack
  // may grow. Waits where a page is on its way.
  mm::FaultOutcome resolve(Process& process, const Thread* thread, mm::FaultActor actor,
                           const mm::Fault& fault);

  void frame_written(mm::PageFrameNumber frame);

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

  Board& board_;
  Clock& clock_;
  Verification verification_;
  Duration hard_fault_;
  FaultListeners& listeners_;
  mm::MemoryManager* manager_ = nullptr;
  Thread* current_ = nullptr;
  mm::FaultOutcome refused_;
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
