#include "emulator/debugger/engine/held_threads.h"

#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"

namespace emu::debugger {

bool HeldThreads::frozen(const Thread& thread) const { return frozen_.contains(thread.id()); }

void HeldThreads::freeze(const Thread& thread) { frozen_.insert(thread.id()); }

void HeldThreads::thaw(const Thread& thread) { frozen_.erase(thread.id()); }

void HeldThreads::forget(const Thread& thread) {
  thaw(thread);
  suspended_.erase(thread.id());
}

void HeldThreads::hold(Thread& thread) {
  using Held = Scheduler::Held;
  const bool held = !let_go_ && (frozen(thread) || front_end_.stands_still(thread));
  threads_.set_held(thread, held ? Held::Yes : Held::No);
}

void HeldThreads::hold_all() {
  for (const auto& [id, thread] : threads_.all()) hold(*thread);
}

mm::Result<uint32_t> HeldThreads::suspend(Thread& thread) {
  const auto before = threads_.suspend(thread);
  if (before) ++suspended_[thread.id()];
  return before;
}

uint32_t HeldThreads::resume(Thread& thread) {
  if (const auto ours = suspended_.find(thread.id()); ours != suspended_.end() && --ours->second == 0)
    suspended_.erase(ours);
  return threads_.resume(thread);
}

Thread* HeldThreads::standing() const {
  for (const auto& [id, thread] : threads_.all()) {
    const bool suspended = thread->suspend_count() != 0;
    if (suspended ? suspended_.contains(id) : thread->held() && thread->runnable()) return thread.get();
  }
  return nullptr;
}

}  // namespace emu::debugger
