// Expected results are those of "Wait Functions", WaitForMultipleObjects, SetEvent, ReleaseMutex and
// ReleaseSemaphore (Microsoft).
#include "emulator/kernel/waits/waits.h"

#include <catch2/catch_test_macros.hpp>

#include "emulator/board/clock.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/thread_contexts.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/waits/event.h"
#include "emulator/kernel/waits/mutant.h"
#include "emulator/kernel/waits/semaphore.h"
#include "tests/emulator/kernel/waits/waiting.h"

namespace emu {
namespace {

using mm::NtStatus;
using Kind = ThreadWait::Kind;
using Alertable = ThreadWait::Alertable;
using State = Thread::State;
using namespace std::chrono_literals;

using test::result_of;

struct Waiting : test::Waiting {
  Ref<DispatcherObject> event(Event::Kind kind, bool set) { return objects.make<Event>(kind, set); }
  Ref<Mutant> mutant() { return objects.make<Mutant>(); }
  void set(const Ref<DispatcherObject>& object) {
    static_cast<Event&>(*object).set();
    waits.signalled(*object);
  }
};

bool is_set(const Ref<DispatcherObject>& object) { return static_cast<const Event&>(*object).is_set(); }

TEST_CASE("An auto-reset event lets one waiter go on, a manual-reset event all of them", "[waits]") {
  Waiting t;
  const auto one = t.event(Event::Kind::Synchronization, false);
  const auto all = t.event(Event::Kind::Notification, false);
  CHECK(t.wait(t.a, {one}) == NtStatus::Pending);
  CHECK(t.wait(t.b, {one}) == NtStatus::Pending);
  t.set(one);
  CHECK(t.a.state() == State::Ready);  // who has waited longest
  CHECK(t.b.state() == State::Waiting);
  CHECK_FALSE(is_set(one));
  CHECK(t.wait(t.a, {all}) == NtStatus::Pending);
  CHECK(t.wait(t.c, {all}) == NtStatus::Pending);
  t.set(all);
  CHECK(t.a.state() == State::Ready);
  CHECK(t.c.state() == State::Ready);
  CHECK(is_set(all));
}

TEST_CASE("A wait for any of several ends with the lowest index that is signalled", "[waits]") {
  Waiting t;
  const auto first = t.event(Event::Kind::Synchronization, false);
  const auto second = t.event(Event::Kind::Synchronization, true);
  const auto third = t.event(Event::Kind::Synchronization, true);
  CHECK(t.wait(t.a, {first, second, third}) == static_cast<NtStatus>(1));
  CHECK_FALSE(is_set(second));
  CHECK(is_set(third));  // the others are untouched
}

TEST_CASE("A wait for all takes nothing until it can take everything", "[waits]") {
  Waiting t;
  const auto first = t.event(Event::Kind::Synchronization, false);
  const auto second = t.event(Event::Kind::Synchronization, false);
  CHECK(t.wait(t.a, {first, second}, Kind::All) == NtStatus::Pending);
  t.set(first);
  CHECK(t.a.state() == State::Waiting);
  CHECK(is_set(first));
  CHECK(t.wait(t.b, {first}) == NtStatus::Success);  // somebody else may have it
  t.set(second);
  CHECK(t.a.state() == State::Waiting);
  t.set(first);
  CHECK(t.a.state() == State::Ready);
  CHECK(result_of(t.a) == 0);
  CHECK_FALSE(is_set(first));
  CHECK_FALSE(is_set(second));
}

TEST_CASE("Time-outs: zero never blocks, others end in the order of their deadlines", "[waits]") {
  Waiting t;
  const auto never = t.event(Event::Kind::Notification, false);
  CHECK(t.wait(t.a, {never}, Kind::Any, 0ms) == NtStatus::Timeout);
  CHECK(t.wait(t.a, {never}, Kind::Any, 20ms) == NtStatus::Pending);
  CHECK(t.wait(t.b, {never}, Kind::Any, 10ms) == NtStatus::Pending);
  const Duration begin = t.machine.machine->kernel().clock().since_boot();
  CHECK(t.waits.next_deadline() == begin + 10ms);
  t.pass(10ms);
  CHECK(t.a.state() == State::Waiting);
  CHECK(t.b.state() == State::Ready);
  CHECK(result_of(t.b) == 0x102);  // STATUS_TIMEOUT
  t.pass(10ms);
  CHECK(t.a.state() == State::Ready);
  CHECK_FALSE(t.waits.next_deadline());
}

TEST_CASE("A mutant belongs to its owner as often as it was acquired", "[waits]") {
  Waiting t;
  const auto mutant = t.mutant();
  CHECK(t.wait(t.a, {mutant}) == NtStatus::Success);
  CHECK(t.wait(t.a, {mutant}) == NtStatus::Success);
  CHECK(mutant->count() == -1);
  CHECK(t.wait(t.b, {mutant}) == NtStatus::Pending);
  CHECK(mutant->release(t.b) == NtStatus::MutantNotOwned);
  CHECK(mutant->release(t.a) == NtStatus::Success);
  t.waits.signalled(*mutant);
  CHECK(t.b.state() == State::Waiting);
  CHECK(mutant->release(t.a) == NtStatus::Success);
  t.waits.signalled(*mutant);
  CHECK(t.b.state() == State::Ready);
  CHECK(mutant->owner() == &t.b);
}

TEST_CASE("Who gets a mutant whose owner ended is told", "[waits]") {
  Waiting t;
  const auto mutant = t.mutant();
  const auto event = t.event(Event::Kind::Notification, true);
  CHECK(t.wait(t.c, {mutant}) == NtStatus::Success);
  CHECK(t.wait(t.a, {event, mutant}, Kind::All) == NtStatus::Pending);
  mutant->abandon();
  t.waits.signalled(*mutant);
  CHECK(t.a.state() == State::Ready);
  CHECK(result_of(t.a) == 0x80);  // STATUS_ABANDONED_WAIT_0
  CHECK(t.wait(t.a, {event, mutant}) == NtStatus::Success);
  CHECK(mutant->count() == 0);
}

TEST_CASE("A semaphore lets as many go on as it is released for", "[waits]") {
  Waiting t;
  const auto semaphore = t.objects.make<Semaphore>(0, 2);
  CHECK(semaphore->release(3) == NtStatus::SemaphoreLimitExceeded);
  for (Thread* thread : {&t.a, &t.b, &t.c}) CHECK(t.wait(*thread, {semaphore}) == NtStatus::Pending);
  CHECK(semaphore->release(2) == NtStatus::Success);
  t.waits.signalled(*semaphore);
  CHECK(t.a.state() == State::Ready);
  CHECK(t.b.state() == State::Ready);
  CHECK(t.c.state() == State::Waiting);
  CHECK(semaphore->count() == 0);
}

TEST_CASE("An APC ends an alertable wait, and no other", "[waits]") {
  Waiting t;
  const auto never = t.event(Event::Kind::Notification, false);
  CHECK(t.wait(t.a, {never}) == NtStatus::Pending);
  CHECK(t.wait(t.b, {never}, Kind::Any, {}, Alertable::Yes) == NtStatus::Pending);
  for (Thread* thread : {&t.a, &t.b}) {
    thread->apcs.push_back({1, {2, 3, 4}});
    t.waits.interrupt(*thread);
  }
  CHECK(t.a.state() == State::Waiting);
  CHECK(t.b.state() == State::Ready);
  CHECK(result_of(t.b) == 0xC0);  // STATUS_USER_APC
  CHECK(t.b.apc_due);
  CHECK(t.wait(t.c, {never}, Kind::Any, 0ms, Alertable::Yes) == NtStatus::Timeout);
}

TEST_CASE("What an object gives passes a suspended thread by until it is resumed", "[waits]") {
  Waiting t;
  const auto one = t.event(Event::Kind::Synchronization, false);
  CHECK(t.wait(t.a, {one}) == NtStatus::Pending);
  CHECK(t.wait(t.b, {one}) == NtStatus::Pending);
  CHECK(*t.machine.machine->kernel().threads().suspend(t.a) == 0);
  t.set(one);
  CHECK(t.a.state() == State::Waiting);
  CHECK(t.b.state() == State::Ready);
  t.set(one);
  CHECK(t.a.state() == State::Waiting);
  CHECK(t.machine.machine->kernel().threads().resume(t.a) == 1);
  CHECK(t.a.runnable());
  CHECK_FALSE(is_set(one));
}

TEST_CASE("An alert by thread id is kept for one later wait", "[waits]") {
  Waiting t;
  t.waits.alert_by_id(t.a);
  t.waits.alert_by_id(t.a);
  CHECK(t.waits.wait_for_alert_by_id(t.a, {}) == NtStatus::Alerted);
  CHECK(t.waits.wait_for_alert_by_id(t.a, {}) == NtStatus::Pending);
  t.waits.alert_by_id(t.a);
  CHECK(t.a.state() == State::Ready);
  CHECK(result_of(t.a) == 0x101);  // STATUS_ALERTED
}

TEST_CASE("A suspend count goes to 127 and no further", "[waits]") {
  Waiting t;
  Threads& threads = t.machine.machine->kernel().threads();
  for (uint32_t i = 0; i < 127; ++i) CHECK(*threads.suspend(t.b) == i);
  const auto refused = threads.suspend(t.b);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == NtStatus::SuspendCountExceeded);
  for (uint32_t i = 127; i > 0; --i) CHECK(threads.resume(t.b) == i);
  CHECK(threads.resume(t.b) == 0);
  CHECK(t.b.runnable());
}

TEST_CASE("Mutexes that only a wait refers to are abandoned together, and go together", "[waits]") {
  Waiting t;
  Ref<Mutant> first = t.mutant(), second = t.mutant();
  Thread& owner = t.add();
  first->acquire(owner);
  second->acquire(owner);
  CHECK(t.wait(t.a, {first, second}, Kind::All) == NtStatus::Pending);
  first.reset();
  second.reset();
  t.machine.machine->kernel().threads().end(owner, 0);
  CHECK(t.a.state() == State::Ready);
  CHECK(result_of(t.a) == static_cast<uint32_t>(NtStatus::AbandonedWait0));
  CHECK(t.a.owned_mutants.empty());  // nobody can name them any more
}

TEST_CASE("A context that is set while a service waits to be called again is left as it was set", "[waits]") {
  Waiting t;
  const auto object = t.event(Event::Kind::Notification, false);
  t.waits.wait_and_call_again(t.b, *object, 0x0a);
  abi::Context context{};
  context.ContextFlags = PAGEWALK_CONTEXT_CONTROL | PAGEWALK_CONTEXT_INTEGER;
  context.Eip = 0x00401000;
  context.Eax = 5;
  t.machine.machine->kernel().contexts().set(nullptr, t.b, context);
  t.set(object);
  CHECK(t.b.state() == State::Ready);
  CHECK(t.b.registers.eip == 0x00401000);
  CHECK(t.b.registers.eax == 5);
}

}  // namespace
}  // namespace emu
