#include "emulator/kernel/processes/threads.h"

#include "emulator/kernel/listeners.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/waits/mutant.h"
#include "emulator/kernel/waits/waits.h"
#include "mm/memory_manager.h"

namespace emu {

using mm::NtStatus;

mm::Result<mm::PoolCharge> Threads::charge(const Process& process) {
  mm::PoolCharge charge(process.pool_quota);
  const NtStatus status = charge.grow(pool_size<Thread>);
  if (status != NtStatus::Success) return mm::fail(status);
  return charge;
}

Thread& Threads::begin(uint32_t id, Process& process, mm::VirtualAddress teb, const Registers& registers,
                       Suspended suspended, mm::PoolCharge charge) {
  auto made = objects_.make<Thread>(id, process, teb);
  Thread& thread = *threads_.emplace(id, std::move(made)).first->second;
  thread.pool_charge() = std::move(charge);
  thread.registers = registers;
  thread.base_priority_ = thread.priority_ = priority::base_of(process.priority_class);
  thread.boost_disabled = process.boost_disabled;
  thread.times.began = clock_.system_time();
  ++process.thread_count;
  if (suspended == Suspended::Yes) thread.suspend_count_ = 1;
  if (thread.runnable()) scheduler_.make_ready(thread, Scheduler::Boost::None, clock_.since_boot());
  listeners_.tell(&LifeListener::on_thread_begin, thread);
  return thread;
}

void Threads::for_each_of(const Process& process, const std::function<void(Thread&)>& action) const {
  for (const auto& [id, thread] : threads_)
    if (&thread->process() == &process) action(*thread);
}

Thread* Threads::find(uint32_t id) const {
  const auto found = threads_.find(id);
  return found != threads_.end() ? found->second.get() : nullptr;
}

void Threads::end(Thread& thread, uint32_t exit_code) {
  MM_CHECK(!thread.ended(), "a thread ends twice");
  listeners_.tell(&LifeListener::on_thread_end, thread, exit_code);
  waits_.abandon(thread);
  scheduler_.remove(thread);
  scheduler_.set_held(thread, Scheduler::Held::No);
  thread.state_ = Thread::State::Ended;
  thread.exit_code_ = exit_code;
  thread.times.ended = clock_.system_time();
  thread.apcs.clear();
  abandon_mutants(thread);
  release_memory(thread);
  --thread.process().thread_count;
  auto node = threads_.extract(thread.id());
  waits_.signalled(thread);
  ended_.push_back(std::move(node.mapped()));
}

void Threads::end_all(Process& process, const Thread* except, uint32_t exit_code) {
  std::vector<Thread*> ending;
  for (const auto& [id, thread] : threads_)
    if (&thread->process() == &process && thread.get() != except) ending.push_back(thread.get());
  for (Thread* thread : ending) end(*thread, exit_code);
}

void Threads::abandon_mutants(Thread& thread) {
  std::vector<Ref<Mutant>> owned;  // who waits may be the last to refer to one
  for (Mutant* mutant : thread.owned_mutants) owned.emplace_back(mutant);
  for (const auto& mutant : owned) mutant->abandon();
  for (const auto& mutant : owned) waits_.signalled(*mutant);
}

// Given back in spite of what the guest may have done there; what it freed itself is not there any more.
void Threads::release_memory(Thread& thread) {
  Process& process = thread.process();
  if (!process.running()) return;
  if (thread.stack.value != 0)
    (void)memory_->free_virtual_memory(process.space(), {thread.stack, 0}, mm::allocation::kRelease);
  const auto freed = memory_->free_virtual_memory(process.space(), {thread.teb(), mm::kPageSize},
                                                  mm::allocation::kDecommit, mm::VadSecurity::Secured);
  if (freed) process.spare_tebs.push_back(thread.teb());
}

mm::Result<uint32_t> Threads::suspend(Thread& thread) {
  if (thread.ended()) return mm::fail(NtStatus::ThreadIsTerminating);
  const uint32_t before = thread.suspend_count_;
  if (before == Thread::kMaximumSuspendCount) return mm::fail(NtStatus::SuspendCountExceeded);
  ++thread.suspend_count_;
  if (before == 0) scheduler_.remove(thread);
  return before;
}

uint32_t Threads::resume(Thread& thread) {
  const uint32_t before = thread.suspend_count_;
  if (before == 0) return before;
  if (--thread.suspend_count_ != 0 || thread.ended()) return before;
  if (thread.wait.active()) {
    waits_.look_again(thread);
  } else {
    scheduler_.make_ready(thread, Scheduler::Boost::None, clock_.since_boot());
  }
  return before;
}

void Threads::visit(ReferenceVisitor& visitor) const {
  for (const auto& [id, thread] : threads_) visitor.visit(*thread);
  for (const auto& thread : ended_) visitor.visit(*thread);
}

}  // namespace emu
