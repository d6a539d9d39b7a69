#include "emulator/kernel/waits/timer_queue.h"

#include <algorithm>
#include <tuple>

#include "emulator/board/clock.h"

namespace emu {

bool TimerQueue::Earlier::operator()(const Timer* a, const Timer* b) const {
  return std::tie(a->setting_.due, a->sequence_) < std::tie(b->setting_.due, b->sequence_);
}

TimerQueue::~TimerQueue() {
  for (Timer* timer : timers_) timer->queue_ = nullptr;
}

void TimerQueue::insert(Timer& timer, Duration due) {
  MM_CHECK(!timer.armed(), "a timer is armed twice");
  timer.setting_.due = due;
  timer.sequence_ = next_sequence_++;
  timer.queue_ = this;
  timers_.insert(&timer);
}

void TimerQueue::remove(Timer& timer) {
  MM_CHECK(timer.queue_ == this, "a timer is disarmed that was not armed");
  timers_.erase(&timer);
  timer.queue_ = nullptr;
}

Timer* TimerQueue::first_due(Duration now) const {
  return timers_.empty() || (*timers_.begin())->due() > now ? nullptr : *timers_.begin();
}

std::optional<Duration> TimerQueue::next_awaited() const {
  const auto found =
      std::find_if(timers_.begin(), timers_.end(), [](const Timer* timer) { return timer->awaited(); });
  if (found == timers_.end()) return std::nullopt;
  return (*found)->due();
}

}  // namespace emu
