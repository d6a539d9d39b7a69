// Which thread runs next, as Windows decides it on one processor (Windows Internals, "Thread scheduling";
// Microsoft, "Scheduling Priorities", "Priority Boosts"):
//
// - The ready thread with the highest of 32 priorities runs; among equals they take turns.
// - A thread that becomes ready takes the processor from one of lower priority, which stays first in its own
//   queue. Otherwise it goes to the end of its queue.
// - A turn lasts a quantum. At its end a boosted priority sinks by one towards its base, and the next thread
//   of the same priority runs, if there is one.
// - The end of a wait for an event, a mutant or a semaphore raises the priority by one above the base for a
//   quantum, up to 15. Real-time priorities (16 and up) are never raised.
// - Whoever has been ready for four seconds without running gets priority 15 for a quantum, then its
//   base again.
//
// Decides by what the guest did alone, so that the same guest is scheduled the same way every time. Only a
// thread that is held (by a debugger) is passed over where its turn would be.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "emulator/board/clock.h"
#include "emulator/kernel/processes/priority.h"

namespace emu {

class Thread;

class Scheduler {
 public:
  // Windows' quantum is two ticks of 15.6 ms, some 10^8 instructions; here as many ticks of a machine that
  // does a thousand million code bytes a second.
  static constexpr Duration kQuantum{std::chrono::milliseconds(2)};
  static constexpr Duration kStarved{std::chrono::seconds(4)};

  enum class Boost : uint8_t { None, Wait };
  enum class YieldTo : uint8_t { Equals, Anybody };  // Equals: or higher

  // Returns the thread that is to run; null when none is ready.
  Thread* next();
  Thread* running() const { return running_; }
  // Tells whether next() would return another thread than running().
  bool switch_due() const { return switch_due_ || (held_ != 0 && running_is_held()); }
  size_t ready_count() const { return ready_ + (running_ != nullptr ? 1 : 0); }

  // Queues a thread that has become runnable: it is new, its wait is over, or it was resumed.
  void make_ready(Thread& thread, Boost boost, Duration now);
  // Takes a thread off that waits, has ended or is suspended, whether it was queued, running or neither.
  void remove(Thread& thread);
  // Lets other threads run before this one; false when there is none that could.
  bool yield(Thread& thread, YieldTo whom, Duration now);
  void quantum_ended(Duration now);
  // Sets a thread's priority relative to its process's class: -2 to 2, or +-priority::kSaturation.
  void set_relative_priority(Thread& thread, int relative, Duration now);
  // Sets a thread's base priority regardless of its process's class: 1 to 15.
  void set_base_priority(Thread& thread, int priority, Duration now);
  // Must be called for each thread of a process whose class has changed.
  void class_changed(Thread& thread, Duration now);

  // A thread that is held does not run, ready or not. One that is let go before anything has run has lost
  // nothing by it.
  enum class Held : uint8_t { No, Yes };
  void set_held(Thread& thread, Held held);
  // Tells whether a thread is held that could run otherwise.
  bool holds_ready() const;

 private:
  struct Queue {
    Thread* first = nullptr;
    Thread* last = nullptr;
  };

  void append(Thread& thread);
  void prepend(Thread& thread);
  void note_queued(Thread& thread);
  void unlink(Thread& thread);
  void put_back_running(Duration now);
  void rebase(Thread& thread, int priority, Duration now);
  static void sink(Thread& thread);
  Thread* highest() const;
  static Thread* first_free(const Queue& queue);
  bool running_is_held() const;
  bool runs_on() const { return running_ != nullptr && (held_ == 0 || !running_is_held()); }
  bool takes_over(const Thread& thread) const;
  void boost_starved(Duration now);

  std::array<Queue, priority::kHighest + 1> queues_;
  uint32_t occupied_ = 0;  // a bit per queue
  size_t ready_ = 0;       // in the queues
  size_t held_ = 0;        // threads that are, wherever they are
  Thread* running_ = nullptr;
  bool switch_due_ = false;
};

}  // namespace emu
