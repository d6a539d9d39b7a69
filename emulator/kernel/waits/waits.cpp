#include "emulator/kernel/waits/waits.h"

#include <algorithm>
#include <utility>

#include "emulator/board/clock.h"
#include "emulator/kernel/processes/thread.h"

namespace emu {
namespace {

using mm::NtStatus;
using Kind = ThreadWait::Kind;
using Alertable = ThreadWait::Alertable;

constexpr uint32_t kGateBytes = 2;  // of INT 0x2E

constexpr NtStatus with_index(NtStatus status, size_t index) {
  return static_cast<NtStatus>(static_cast<uint32_t>(status) + static_cast<uint32_t>(index));
}

// The call that a timer has queued and that has not begun; the end when there is none.
auto queued_call(const Timer::Call& call) {
  auto& apcs = call.thread->apcs;
  const auto first = apcs.begin() + (call.thread->apc_due && !apcs.empty() ? 1 : 0);
  return std::find_if(first, apcs.end(), [&](const UserApc& apc) {
    return apc.routine == call.routine && apc.arguments[0] == call.context;
  });
}

}  // namespace

std::optional<NtStatus> Waits::try_satisfy(Thread& thread, Kind kind,
                                           std::span<const Ref<DispatcherObject>> objects) {
  const auto signalled = [&](const auto& object) { return object->is_signalled_for(thread); };
  if (kind == Kind::All) {
    if (!std::all_of(objects.begin(), objects.end(), signalled)) return std::nullopt;
    NtStatus result = NtStatus::Success;
    for (const auto& object : objects)
      if (object->satisfy(thread) != NtStatus::Success) result = NtStatus::AbandonedWait0;
    return result;
  }
  const auto found = std::find_if(objects.begin(), objects.end(), signalled);
  if (found == objects.end()) return std::nullopt;
  if (kind == Kind::Retry) return NtStatus::Success;
  return with_index((*found)->satisfy(thread), static_cast<size_t>(found - objects.begin()));
}

std::optional<NtStatus> Waits::take_alert(Thread& thread) {
  if (std::exchange(thread.alerted, false)) return NtStatus::Alerted;
  if (thread.apcs.empty()) return std::nullopt;
  thread.apc_due = true;
  return NtStatus::UserApc;
}

NtStatus Waits::wait_for_objects(Thread& thread, const Request& request) {
  fire_timers();
  if (const auto status = try_satisfy(thread, request.kind, request.objects)) return *status;
  if (request.alertable == Alertable::Yes)
    if (const auto status = take_alert(thread)) return *status;
  if (request.deadline && *request.deadline <= clock_.since_boot()) return NtStatus::Timeout;
  enqueue(thread, request.objects);
  return block(thread, request.kind, request.alertable, request.deadline);
}

NtStatus Waits::delay(Thread& thread, Alertable alertable, Duration deadline) {
  if (alertable == Alertable::Yes)
    if (const auto status = take_alert(thread)) return *status;
  if (deadline <= clock_.since_boot()) return NtStatus::Success;
  return block(thread, Kind::Delay, alertable, deadline);
}

NtStatus Waits::wait_for_alert_by_id(Thread& thread, std::optional<Duration> deadline) {
  if (std::exchange(thread.alerted_by_id, false)) return NtStatus::Alerted;
  if (deadline && *deadline <= clock_.since_boot()) return NtStatus::Timeout;
  return block(thread, Kind::AlertById, Alertable::No, deadline);
}

void Waits::wait_for_page(Thread& thread, Duration deadline) {
  block(thread, Kind::Page, Alertable::No, deadline);
}

void Waits::wait_and_call_again(Thread& thread, DispatcherObject& object, uint32_t service) {
  const Ref<DispatcherObject> objects[] = {Ref<DispatcherObject>(&object)};
  enqueue(thread, objects);
  thread.wait.service = service;
  block(thread, Kind::Retry, Alertable::No, std::nullopt);
}

void Waits::enqueue(Thread& thread, std::span<const Ref<DispatcherObject>> objects) {
  thread.wait.objects.assign(objects.begin(), objects.end());
  thread.wait.blocks.resize(objects.size());
  for (uint32_t i = 0; i < objects.size(); ++i) {
    thread.wait.blocks[i] = {&thread, objects[i].get(), i, nullptr, nullptr};
    objects[i]->waiters.append(thread.wait.blocks[i]);
  }
}

NtStatus Waits::block(Thread& thread, Kind kind, Alertable alertable, std::optional<Duration> deadline) {
  MM_CHECK(thread.state_ == Thread::State::Ready, "a thread that does not run begins to wait");
  thread.wait.kind = kind;
  thread.wait.alertable = alertable;
  thread.wait.deadline = deadline;
  thread.wait.sequence = next_sequence_++;
  if (deadline) due_.insert({*deadline, thread.wait.sequence, &thread});
  scheduler_.remove(thread);
  thread.state_ = Thread::State::Waiting;
  return NtStatus::Pending;
}

void Waits::dequeue(Thread& thread) {
  for (WaitBlock& block : thread.wait.blocks) block.object->waiters.remove(block);
  if (thread.wait.deadline) due_.erase({*thread.wait.deadline, thread.wait.sequence, &thread});
  thread.wait = {};
}

void Waits::finish(Thread& thread, NtStatus status, Scheduler::Boost boost) {
  const Kind kind = thread.wait.kind;
  const uint32_t service = thread.wait.service;
  dequeue(thread);
  if (kind == Kind::Retry) {
    thread.registers.eip -= kGateBytes;
    thread.registers.eax = service;
  } else if (kind != Kind::Page) {
    thread.registers.eax = static_cast<uint32_t>(status);
  }
  thread.state_ = Thread::State::Ready;
  if (thread.runnable()) scheduler_.make_ready(thread, boost, clock_.since_boot());
}

bool Waits::try_end(Thread& thread) {
  if (thread.suspend_count_ != 0) return false;
  const auto status = try_satisfy(thread, thread.wait.kind, thread.wait.objects);
  if (status) finish(thread, *status, Scheduler::Boost::Wait);
  return status.has_value();
}

void Waits::signalled(DispatcherObject& object) {
  const Ref<DispatcherObject> kept(&object);  // the last one to wait may have been the last to refer to it
  WaitBlock* block = object.waiters.first();
  while (block != nullptr && object.is_signalled_for(*block->thread)) {
    // A wait that ends may take other blocks out of this queue as well: from the start again.
    block = try_end(*block->thread) ? object.waiters.first() : block->next;
  }
}

void Waits::interrupt(Thread& thread) {
  if (!thread.wait.active() || thread.wait.alertable == Alertable::No) return;
  if (const auto status = take_alert(thread)) finish(thread, *status, Scheduler::Boost::None);
}

void Waits::alert_by_id(Thread& thread) {
  if (thread.wait.kind == Kind::AlertById) {
    finish(thread, NtStatus::Alerted, Scheduler::Boost::Wait);
  } else {
    thread.alerted_by_id = true;
  }
}

void Waits::context_replaced(Thread& thread) {
  if (thread.wait.kind == Kind::Retry) thread.wait.kind = Kind::Page;  // whose end changes no register
}

void Waits::look_again(Thread& thread) {
  if (!thread.wait.objects.empty()) try_end(thread);
}

void Waits::abandon(Thread& thread) {
  if (thread.wait.active()) dequeue(thread);
}

void Waits::set_timer(Timer& timer, Timer::Setting setting) {
  cancel_timer(timer);
  timer.set_ = false;
  timer.setting_ = std::move(setting);
  timers_.insert(timer, timer.setting_.due);
  fire_timers();
}

void Waits::cancel_timer(Timer& timer) {
  fire_timers();
  if (timer.armed()) timers_.remove(timer);
  const Timer::Call call = std::exchange(timer.setting_.call, {});
  if (!call.thread || call.thread->ended()) return;
  if (const auto queued = queued_call(call); queued != call.thread->apcs.end())
    call.thread->apcs.erase(queued);
}

void Waits::fire_timers() {
  while (Timer* timer = timers_.first_due(clock_.since_boot())) fire(*timer);
}

// A timer whose thread has ended is cancelled (Microsoft, "SetWaitableTimer").
void Waits::fire(Timer& timer) {
  const Ref<Timer> kept(&timer);
  const Timer::Call& call = timer.setting_.call;
  timers_.remove(timer);
  if (call.thread && call.thread->ended()) return;
  if (const Duration period = timer.setting_.period; period.count() != 0) {
    const auto missed = (clock_.since_boot() - timer.due()) / period;
    timers_.insert(timer, timer.due() + (missed + 1) * period);
  }
  timer.set_ = true;
  if (call.thread && queued_call(call) == call.thread->apcs.end()) {
    const uint64_t now = clock_.system_time();
    call.thread->apcs.push_back(
        {call.routine, {call.context, static_cast<uint32_t>(now), static_cast<uint32_t>(now >> 32)}});
    interrupt(*call.thread);
  }
  signalled(timer);
}

void Waits::time_passed() {
  fire_timers();
  while (!due_.empty() && due_.begin()->deadline <= clock_.since_boot()) {
    Thread& thread = *due_.begin()->thread;
    const bool delay = thread.wait.kind == Kind::Delay;
    finish(thread, delay ? NtStatus::Success : NtStatus::Timeout, Scheduler::Boost::None);
  }
}

std::optional<Duration> Waits::next_deadline() const {
  const auto timer = timers_.next_awaited();
  if (due_.empty()) return timer;
  return timer ? std::min(*timer, due_.begin()->deadline) : due_.begin()->deadline;
}

}  // namespace emu
