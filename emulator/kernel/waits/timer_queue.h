// The timers that are armed, the first to be due first.
#pragma once

#include <optional>
#include <set>

#include "emulator/board/clock.h"
#include "emulator/kernel/waits/timer.h"

namespace emu {

class TimerQueue {
 public:
  TimerQueue() = default;
  ~TimerQueue();  // what is still armed is idle from then on
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  void insert(Timer& timer, Duration due);  // an idle one
  void remove(Timer& timer);                // an armed one

  // The first that is due by `now`; null: none.
  Timer* first_due(Duration now) const;
  // When the first is due that makes somebody go on; a periodic timer that nobody waits for would otherwise
  // keep a machine going in which nothing can happen any more.
  std::optional<Duration> next_awaited() const;

 private:
  struct Earlier {
    bool operator()(const Timer* a, const Timer* b) const;
  };

  std::set<Timer*, Earlier> timers_;
  uint64_t next_sequence_ = 0;
};

}  // namespace emu
