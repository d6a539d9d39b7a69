#include "emulator/kernel/waits/timer.h"

#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/waits/timer_queue.h"

namespace emu {

Timer::Timer(Kind kind) : kind_(kind) {}

Timer::~Timer() {
  if (queue_ != nullptr) queue_->remove(*this);
}

bool Timer::awaited() const {
  if (!waiters.empty()) return true;
  const Thread* thread = setting_.call.thread.get();
  return thread != nullptr && !thread->ended() && thread->wait.active() &&
         thread->wait.alertable == ThreadWait::Alertable::Yes;
}

void Timer::visit_references(ReferenceVisitor& visitor) const {
  if (setting_.call.thread) visitor.visit(*setting_.call.thread);
}

}  // namespace emu
