// The threads of a machine, from their beginning to their end.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "emulator/board/clock.h"
#include "emulator/cpu/registers.h"
#include "emulator/kernel/objects/kernel_object.h"
#include "emulator/kernel/processes/scheduler.h"
#include "mm/base/result.h"
#include "mm/commit/pool.h"

namespace mm {
class MemoryManager;
}

namespace emu {

class LifeListener;
class ObjectManager;
class Process;
class Thread;
class Waits;
template <class Listener>
class ListenerList;

enum class Suspended : uint8_t { No, Yes };

class Threads {
 public:
  Threads(ObjectManager& objects, Scheduler& scheduler, Waits& waits, const Clock& clock,
          ListenerList<LifeListener>& listeners)
      : objects_(objects), scheduler_(scheduler), waits_(waits), clock_(clock), listeners_(listeners) {}
  void attach(mm::MemoryManager& memory) { memory_ = &memory; }

  // Charges to `process` what one more thread costs it. STATUS_QUOTA_EXCEEDED, STATUS_INSUFFICIENT_RESOURCES.
  static mm::Result<mm::PoolCharge> charge(const Process& process);
  // Begins a thread of `process` whose TEB is filled in; it is ready unless suspended.
  Thread& begin(uint32_t id, Process& process, mm::VirtualAddress teb, const Registers& registers,
                Suspended suspended, mm::PoolCharge charge);

  // Ends a thread that has not ended: its waits, its mutants, its stack and TEB, in this order; whoever waits
  // for it goes on. `thread` stays valid until sweep().
  void end(Thread& thread, uint32_t exit_code);
  // Ends all threads of a process but `except`, in the order of their ids.
  void end_all(Process& process, const Thread* except, uint32_t exit_code);
  // Lets go of threads that have ended. Nothing refers to one on the way.
  void sweep() { ended_.clear(); }

  // Both return the suspend count as it was before. STATUS_SUSPEND_COUNT_EXCEEDED,
  // STATUS_THREAD_IS_TERMINATING.
  mm::Result<uint32_t> suspend(Thread& thread);
  uint32_t resume(Thread& thread);
  void set_held(Thread& thread, Scheduler::Held held) { scheduler_.set_held(thread, held); }

  // Calls `action` for each thread of a process, in the order of their ids; it must begin and end none.
  void for_each_of(const Process& process, const std::function<void(Thread&)>& action) const;
  Thread* find(uint32_t id) const;  // null when there is none, or it has ended
  // Returns the threads that have not ended, by id.
  const std::map<uint32_t, Ref<Thread>>& all() const { return threads_; }
  void visit(ReferenceVisitor& visitor) const;

 private:
  void abandon_mutants(Thread& thread);
  void release_memory(Thread& thread);

  ObjectManager& objects_;
  Scheduler& scheduler_;
  Waits& waits_;
  const Clock& clock_;
  ListenerList<LifeListener>& listeners_;
  mm::MemoryManager* memory_ = nullptr;
  std::map<uint32_t, Ref<Thread>> threads_;  // by id
  std::vector<Ref<Thread>> ended_;
};

}  // namespace emu
