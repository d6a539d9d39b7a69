// Waiting: one or several objects, time, alerts (Microsoft, "Wait Functions", KeWaitForSingleObject and
// KeWaitForMultipleObjects).
//
// Rules:
// - A wait that can be satisfied at once never blocks, whatever its time-out and alerts.
// - What an object gives goes to the thread that has waited longest. A thread that waits for all of several
//   objects takes none before it can take all.
// - A suspended thread is passed over; when it is resumed its wait is looked at again.
// - Time-outs that are due together end in the order in which they began. Timers that are due come before
//   time-outs, so that a thread which waits for a timer until that very moment gets the timer.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <tuple>

#include "emulator/board/clock.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/waits/thread_wait.h"
#include "emulator/kernel/waits/timer_queue.h"

namespace emu {

class Waits {
 public:
  static constexpr size_t kMaximumObjects = 64;  // MAXIMUM_WAIT_OBJECTS

  struct Request {
    std::span<const Ref<DispatcherObject>> objects;
    ThreadWait::Kind kind = ThreadWait::Kind::Any;  // Any or All
    ThreadWait::Alertable alertable = ThreadWait::Alertable::No;
    std::optional<Duration> deadline;  // since boot; none: for ever
  };

  Waits(Scheduler& scheduler, const Clock& clock) : scheduler_(scheduler), clock_(clock) {}

  // --- Beginning, by the running thread. STATUS_PENDING: it blocks, and its EAX is set when the wait ends;
  // else that is the result already. Results: STATUS_WAIT_0 and STATUS_ABANDONED_WAIT_0 with the object's
  // index, STATUS_TIMEOUT, STATUS_USER_APC, STATUS_ALERTED.
  mm::NtStatus wait_for_objects(Thread& thread, const Request& request);
  mm::NtStatus delay(Thread& thread, ThreadWait::Alertable alertable, Duration deadline);
  mm::NtStatus wait_for_alert_by_id(Thread& thread, std::optional<Duration> deadline);
  void wait_for_page(Thread& thread, Duration deadline);
  // Then the service with this number is called again.
  void wait_and_call_again(Thread& thread, DispatcherObject& object, uint32_t service);

  // --- Ending.
  // The object may have become signalled: whoever can go on does.
  void signalled(DispatcherObject& object);
  // An APC was queued, or the thread was alerted: ends an alertable wait.
  void interrupt(Thread& thread);
  void alert_by_id(Thread& thread);
  // Its registers are set by another thread: it goes on there, and calls no service again.
  static void context_replaced(Thread& thread);
  void look_again(Thread& thread);  // it was resumed
  void abandon(Thread& thread);     // it ends
  void time_passed();

  // --- Timers. A timer that is set again forgets what it was set to, and the call that it has queued.
  void set_timer(Timer& timer, Timer::Setting setting);
  void cancel_timer(Timer& timer);

  // When the first wait is due, or the first timer that somebody waits for; none when there is no such time.
  std::optional<Duration> next_deadline() const;

  // STATUS_USER_APC or STATUS_ALERTED, when an alertable wait would end at once; it is taken.
  static std::optional<mm::NtStatus> take_alert(Thread& thread);

 private:
  std::optional<mm::NtStatus> try_satisfy(Thread& thread, ThreadWait::Kind kind,
                                          std::span<const Ref<DispatcherObject>> objects);
  mm::NtStatus block(Thread& thread, ThreadWait::Kind kind, ThreadWait::Alertable alertable,
                     std::optional<Duration> deadline);
  void enqueue(Thread& thread, std::span<const Ref<DispatcherObject>> objects);
  bool try_end(Thread& thread);
  void finish(Thread& thread, mm::NtStatus status, Scheduler::Boost boost);
  void dequeue(Thread& thread);
  void fire_timers();
  void fire(Timer& timer);

  struct Due {
    Duration deadline;
    uint64_t sequence;
    Thread* thread;
    bool operator<(const Due& other) const {
      return std::tie(deadline, sequence) < std::tie(other.deadline, other.sequence);
    }
  };

  Scheduler& scheduler_;
  const Clock& clock_;
  std::set<Due> due_;
  TimerQueue timers_;
  uint64_t next_sequence_ = 0;
};

}  // namespace emu
