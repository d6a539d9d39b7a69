#include "emulator/kernel/processes/scheduler.h"

#include <algorithm>
#include <bit>

#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"

namespace emu {

bool Scheduler::running_is_held() const { return running_ != nullptr && running_->held_; }

Thread* Scheduler::highest() const {
  for (uint32_t left = occupied_; left != 0; left &= ~std::bit_floor(left)) {
    const auto level = 31 - static_cast<size_t>(std::countl_zero(left));
    if (Thread* thread = first_free(queues_[level]); thread != nullptr) return thread;
  }
  return nullptr;
}

Thread* Scheduler::first_free(const Queue& queue) {
  Thread* thread = queue.first;
  while (thread != nullptr && thread->held_) thread = thread->next_ready_;
  return thread;
}

// Whether the thread that is to run, the highest, does so instead of the running one.
bool Scheduler::takes_over(const Thread& thread) const {
  return !runs_on() || held_ == 0 || thread.priority_ > running_->priority_;
}

Thread* Scheduler::next() {
  if (runs_on() && !switch_due_) return running_;
  switch_due_ = false;
  Thread* thread = highest();
  if (runs_on() && (thread == nullptr || !takes_over(*thread))) return running_;
  if (running_ != nullptr) prepend(*running_);  // preempted: first among its equals
  if (thread != nullptr) unlink(*thread);
  return running_ = thread;
}

void Scheduler::set_held(Thread& thread, Held held) {
  const bool wanted = held == Held::Yes;
  if (thread.held_ == wanted) return;
  thread.held_ = wanted;
  wanted ? ++held_ : --held_;
  if (!wanted && thread.queued_ == Thread::Queued::Yes &&
      (running_ == nullptr || thread.priority_ > running_->priority_))
    switch_due_ = true;
}

bool Scheduler::holds_ready() const {
  if (running_ != nullptr && running_->held_) return true;
  for (const Queue& queue : queues_)
    for (const Thread* thread = queue.first; thread != nullptr; thread = thread->next_ready_)
      if (thread->held_) return true;
  return false;
}

void Scheduler::make_ready(Thread& thread, Boost boost, Duration now) {
  MM_CHECK(thread.runnable() && thread.queued_ == Thread::Queued::No && running_ != &thread,
           "a thread that is ready already, or may not run, is made ready");
  if (boost == Boost::Wait && !thread.boost_disabled && thread.base_priority_ < priority::kHighestDynamic)
    thread.priority_ = std::max(thread.priority_, thread.base_priority_ + 1);
  thread.ready_since_ = now;
  append(thread);
  if (!thread.held_ && (running_ == nullptr || thread.priority_ > running_->priority_)) switch_due_ = true;
}

void Scheduler::remove(Thread& thread) {
  if (running_ == &thread) {
    running_ = nullptr;
    switch_due_ = true;
  } else if (thread.queued_ == Thread::Queued::Yes) {
    unlink(thread);
  }
}

bool Scheduler::yield(Thread& thread, YieldTo whom, Duration now) {
  const Thread* other = highest();
  if (running_ != &thread || other == nullptr) return false;
  if (whom == YieldTo::Equals && other->priority_ < thread.priority_) return false;
  running_ = nullptr;
  switch_due_ = true;
  Thread* chosen = next();
  thread.ready_since_ = now;
  append(thread);
  return chosen != nullptr;
}

void Scheduler::quantum_ended(Duration now) {
  boost_starved(now);
  if (running_ == nullptr) return;
  sink(*running_);
  const Thread* other = highest();
  if (other == nullptr || other->priority_ < running_->priority_) return;
  put_back_running(now);
}

// 15 above the base is what a starved thread got, for one quantum (or one above 14, which is the same).
void Scheduler::sink(Thread& thread) {
  const bool starved = thread.priority_ == priority::kHighestDynamic;
  thread.priority_ = starved ? thread.base_priority_ : std::max(thread.priority_ - 1, thread.base_priority_);
}

void Scheduler::put_back_running(Duration now) {
  Thread& thread = *running_;
  running_ = nullptr;
  thread.ready_since_ = now;
  append(thread);
  switch_due_ = true;
}

void Scheduler::set_relative_priority(Thread& thread, int relative, Duration now) {
  thread.relative_priority_ = relative;
  class_changed(thread, now);
}

void Scheduler::set_base_priority(Thread& thread, int priority, Duration now) {
  thread.relative_priority_ = priority - priority::base_of(thread.process().priority_class);
  rebase(thread, priority, now);
}

void Scheduler::class_changed(Thread& thread, Duration now) {
  rebase(thread, priority::base_of(thread.process().priority_class, thread.relative_priority_), now);
}

void Scheduler::rebase(Thread& thread, int priority, Duration now) {
  const bool queued = thread.queued_ == Thread::Queued::Yes;
  if (queued) unlink(thread);
  thread.base_priority_ = thread.priority_ = priority;
  if (queued) make_ready(thread, Boost::None, now);
  if (running_ == &thread && highest() != nullptr && highest()->priority_ > priority) switch_due_ = true;
}

// The queues are in the order in which their threads came, so only the first of each can be the oldest. One
// that is held waits for its debugger, not for the processor.
void Scheduler::boost_starved(Duration now) {
  if (running_ == nullptr) return;
  for (int level = 0; level < std::min(running_->priority_, priority::kHighestDynamic); ++level) {
    Thread* thread = first_free(queues_[static_cast<size_t>(level)]);
    if (thread == nullptr || now - thread->ready_since_ < kStarved) continue;
    unlink(*thread);
    thread->priority_ = priority::kHighestDynamic;
    append(*thread);
  }
}

void Scheduler::append(Thread& thread) {
  Queue& queue = queues_[static_cast<size_t>(thread.priority_)];
  thread.previous_ready_ = queue.last;
  thread.next_ready_ = nullptr;
  (queue.last != nullptr ? queue.last->next_ready_ : queue.first) = &thread;
  queue.last = &thread;
  note_queued(thread);
}

void Scheduler::prepend(Thread& thread) {
  Queue& queue = queues_[static_cast<size_t>(thread.priority_)];
  thread.previous_ready_ = nullptr;
  thread.next_ready_ = queue.first;
  (queue.first != nullptr ? queue.first->previous_ready_ : queue.last) = &thread;
  queue.first = &thread;
  note_queued(thread);
}

void Scheduler::note_queued(Thread& thread) {
  occupied_ |= 1u << thread.priority_;
  thread.queued_ = Thread::Queued::Yes;
  ++ready_;
}

void Scheduler::unlink(Thread& thread) {
  Queue& queue = queues_[static_cast<size_t>(thread.priority_)];
  (thread.previous_ready_ != nullptr ? thread.previous_ready_->next_ready_ : queue.first) =
      thread.next_ready_;
  (thread.next_ready_ != nullptr ? thread.next_ready_->previous_ready_ : queue.last) = thread.previous_ready_;
  if (queue.first == nullptr) occupied_ &= ~(1u << thread.priority_);
  thread.queued_ = Thread::Queued::No;
  --ready_;
}

}  // namespace emu
