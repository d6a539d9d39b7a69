#include "emulator/kernel/scheduler.h"

#include <algorithm>
#include <utility>

namespace emu {

Thread& Scheduler::add(Ref<Thread> thread) {
  Thread& added = *threads_.emplace_back(std::move(thread));
  ready_.push_back(&added);
  return added;
}

void Scheduler::yield(Thread& thread) {
  if (ready_.size() < 2) return;
  remove_from_ready(thread);
  ready_.push_back(&thread);
}

void Scheduler::block_until(Thread& thread, Duration deadline) {
  remove_from_ready(thread);
  thread.state_ = Thread::State::Waiting;
  thread.wakes_at_ = deadline;
  const auto later = [](Duration when, const Thread* other) { return when < other->wakes_at_; };
  waiting_.insert(std::upper_bound(waiting_.begin(), waiting_.end(), deadline, later), &thread);
}

void Scheduler::end_threads_of(const Process& process) {
  const auto belongs = [&](const Thread* thread) { return &thread->process() == &process; };
  std::erase_if(ready_, belongs);
  std::erase_if(waiting_, belongs);
  for (const auto& thread : threads_)
    if (belongs(thread.get())) thread->state_ = Thread::State::Ended;
}

std::optional<Duration> Scheduler::next_deadline() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.front()->wakes_at_;
}

void Scheduler::wake(Duration now) {
  const auto awake =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Thread* t) { return t->wakes_at_ > now; });
  for (auto thread = waiting_.begin(); thread != awake; ++thread) {
    (*thread)->state_ = Thread::State::Ready;
    ready_.push_back(*thread);
  }
  waiting_.erase(waiting_.begin(), awake);
}

void Scheduler::remove_from_ready(const Thread& thread) { std::erase(ready_, &thread); }

}  // namespace emu
