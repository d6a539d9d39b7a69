// Expected results are those of "Waitable Timer Objects", SetWaitableTimer and CancelWaitableTimer
// (Microsoft).
#include "emulator/kernel/waits/timer.h"

#include <catch2/catch_test_macros.hpp>

#include "emulator/board/clock.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/waits/waits.h"
#include "tests/emulator/kernel/waits/waiting.h"

namespace emu {
namespace {

using mm::NtStatus;
using Alertable = ThreadWait::Alertable;
using State = Thread::State;
using namespace std::chrono_literals;

using test::result_of;

struct Waiting : test::Waiting {
  Ref<Timer> timer(Timer::Kind kind = Timer::Kind::Synchronization) { return objects.make<Timer>(kind); }
  void set(const Ref<Timer>& timer, Duration after, Duration period = 0ms, Timer::Call call = {}) {
    waits.set_timer(*timer, {clock.since_boot() + after, period, std::move(call)});
  }
  NtStatus wait(Thread& thread, const Ref<Timer>& timer, std::optional<Duration> timeout = {},
                Alertable alertable = Alertable::No) {
    return test::Waiting::wait(thread, {timer}, Kind::Any, timeout, alertable);
  }
};

TEST_CASE("A timer that is due lets one waiter go on, or all of them", "[timers]") {
  for (const auto kind : {Timer::Kind::Synchronization, Timer::Kind::Notification}) {
    Waiting test;
    const auto timer = test.timer(kind);
    test.set(timer, 10ms);
    REQUIRE(test.wait(test.a, timer) == NtStatus::Pending);
    REQUIRE(test.wait(test.b, timer) == NtStatus::Pending);
    test.pass(10ms - 1ns);
    CHECK(test.a.state() == State::Waiting);
    test.pass(1ns);
    CHECK(test.a.state() == State::Ready);
    const bool all = kind == Timer::Kind::Notification;
    CHECK(test.b.state() == (all ? State::Ready : State::Waiting));
    CHECK(timer->is_set() == all);
    CHECK(!timer->armed());
  }
}

TEST_CASE("A timer comes before a time-out of the same moment", "[timers]") {
  Waiting test;
  const auto timer = test.timer();
  REQUIRE(test.wait(test.a, timer, 10ms) == NtStatus::Pending);
  test.set(timer, 10ms);
  test.pass(20ms);
  CHECK(result_of(test.a) == 0);
}

TEST_CASE("A periodic timer keeps its beat, and what is missed counts once", "[timers]") {
  Waiting test;
  const auto timer = test.timer();
  const Duration start = test.clock.since_boot();
  test.set(timer, 5ms, 10ms);
  test.pass(37ms);
  CHECK(timer->is_set());
  CHECK(timer->due() - start == 45ms);
  CHECK(test.wait(test.a, timer) == NtStatus::Success);
  CHECK(!timer->is_set());
  test.waits.cancel_timer(*timer);
  test.pass(100ms);
  CHECK(!timer->is_set());
}

TEST_CASE("Time passes for a timer only when somebody waits for it", "[timers]") {
  Waiting test;
  const auto timer = test.timer(), other = test.timer();
  const Duration start = test.clock.since_boot();
  test.set(timer, 5ms, 10ms);
  test.set(other, 50ms);
  CHECK(!test.waits.next_deadline());
  REQUIRE(test.wait(test.a, other, 70ms) == NtStatus::Pending);
  CHECK(test.waits.next_deadline() == start + 50ms);
  test.waits.cancel_timer(*other);
  CHECK(test.waits.next_deadline() == start + 70ms);
}

TEST_CASE("A call is queued once, to the thread that set the timer, and ends its alertable wait",
          "[timers]") {
  Waiting test;
  const auto timer = test.timer();
  test.set(timer, 5ms, 10ms, {Ref<Thread>(&test.a), 0x401000, 77});
  test.pass(30ms);
  REQUIRE(test.a.apcs.size() == 1);
  CHECK(test.a.apcs.front().routine == 0x401000);
  CHECK(test.a.apcs.front().arguments[0] == 77);
  const uint64_t when = test.clock.system_time();
  CHECK(test.a.apcs.front().arguments[1] == static_cast<uint32_t>(when));
  CHECK(test.a.apcs.front().arguments[2] == static_cast<uint32_t>(when >> 32));
  test.waits.cancel_timer(*timer);
  CHECK(test.a.apcs.empty());

  const auto event = test.timer();  // one that is never set
  REQUIRE(test.wait(test.a, event, {}, Alertable::Yes) == NtStatus::Pending);
  test.set(timer, 5ms, 0ms, {Ref<Thread>(&test.a), 0x401000, 77});
  CHECK(test.waits.next_deadline());
  test.pass(5ms);
  CHECK(test.a.state() == State::Ready);
  CHECK(result_of(test.a) == static_cast<uint32_t>(NtStatus::UserApc));
  // It is on its way to the thread already.
  test.waits.cancel_timer(*timer);
  CHECK(test.a.apcs.size() == 1);
}

TEST_CASE("A timer whose thread has ended is cancelled", "[timers]") {
  Waiting test;
  const auto timer = test.timer();
  test.set(timer, 5ms, 10ms, {Ref<Thread>(&test.b), 0x401000, 0});
  test.machine.machine->kernel().threads().end(test.b, 0);
  test.pass(20ms);
  CHECK(!timer->is_set());
  CHECK(!timer->armed());
}

TEST_CASE("A timer that is let go while it is armed is never due", "[timers]") {
  Waiting test;
  test.set(test.timer(), 5ms, 10ms);
  test.pass(20ms);
  CHECK(!test.waits.next_deadline());
}

}  // namespace
}  // namespace emu
