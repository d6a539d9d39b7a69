// Expected orders are those of "Scheduling Priorities" and "Priority Boosts" (Microsoft).
#include "emulator/kernel/processes/scheduler.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "emulator/board/clock.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/thread.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using namespace std::chrono_literals;
using Boost = Scheduler::Boost;
using YieldTo = Scheduler::YieldTo;

constexpr Duration kNow{0};

struct ThreeThreads {
  test::TestMachine machine;
  Scheduler scheduler;
  Ref<Thread> a = make(100), b = make(104), c = make(108);

  ThreeThreads() {
    for (const auto& thread : {a, b, c}) scheduler.make_ready(*thread, Boost::None, kNow);
  }
  ~ThreeThreads() {
    for (const auto& thread : {a, b, c}) scheduler.remove(*thread);
  }
  Ref<Thread> make(uint32_t id) {
    return machine.machine->kernel().objects().make<Thread>(id, machine.process, mm::VirtualAddress{0});
  }
  void set_priority(const Ref<Thread>& thread, int priority) {
    scheduler.set_base_priority(*thread, priority, kNow);
  }
};

TEST_CASE("Threads of equal priority run in the order in which they became ready", "[scheduler]") {
  ThreeThreads t;
  CHECK(t.scheduler.ready_count() == 3);
  CHECK(t.scheduler.next() == t.a.get());
  CHECK(t.scheduler.next() == t.a.get());
  CHECK(t.scheduler.yield(*t.a, YieldTo::Equals, kNow));
  CHECK(t.scheduler.next() == t.b.get());
  CHECK(t.scheduler.yield(*t.b, YieldTo::Equals, kNow));
  CHECK(t.scheduler.next() == t.c.get());
  CHECK(t.scheduler.yield(*t.c, YieldTo::Equals, kNow));
  CHECK(t.scheduler.next() == t.a.get());
  CHECK(t.scheduler.ready_count() == 3);
}

TEST_CASE("The highest priority runs, and takes the processor as soon as it is ready", "[scheduler]") {
  ThreeThreads t;
  t.scheduler.remove(*t.c);
  CHECK(t.scheduler.next() == t.a.get());
  t.set_priority(t.c, 9);
  t.scheduler.make_ready(*t.c, Boost::None, kNow);
  CHECK(t.scheduler.switch_due());
  CHECK(t.scheduler.next() == t.c.get());
  t.scheduler.remove(*t.c);
  CHECK(t.scheduler.next() == t.a.get());  // who was interrupted is still first
}

TEST_CASE("A quantum's end gives the processor to the next of the same priority only", "[scheduler]") {
  ThreeThreads t;
  t.set_priority(t.c, 7);
  CHECK(t.scheduler.next() == t.a.get());
  t.scheduler.quantum_ended(kNow);
  CHECK(t.scheduler.next() == t.b.get());
  t.scheduler.remove(*t.a);
  t.scheduler.quantum_ended(kNow);
  CHECK(t.scheduler.next() == t.b.get());  // c is lower
  t.scheduler.remove(*t.b);
  CHECK(t.scheduler.next() == t.c.get());
  t.scheduler.remove(*t.c);
  CHECK(t.scheduler.next() == nullptr);
}

TEST_CASE("The end of a wait raises a priority by one, which the quantum's end takes back", "[scheduler]") {
  ThreeThreads t;
  t.scheduler.remove(*t.c);
  CHECK(t.scheduler.next() == t.a.get());
  t.scheduler.make_ready(*t.c, Boost::Wait, kNow);
  CHECK(t.c->current_priority() == 9);
  CHECK(t.scheduler.next() == t.c.get());
  t.scheduler.quantum_ended(kNow);
  CHECK(t.c->current_priority() == 8);
  CHECK(t.scheduler.next() == t.a.get());
}

TEST_CASE("No boost reaches beyond 15, and real-time priorities get none", "[scheduler]") {
  ThreeThreads t;
  const int base = GENERATE(15, 16, 24, 31);
  t.scheduler.remove(*t.a);
  t.set_priority(t.a, base);
  t.scheduler.make_ready(*t.a, Boost::Wait, kNow);
  CHECK(t.a->current_priority() == base);
}

TEST_CASE("Who has starved for four seconds runs for a quantum", "[scheduler]") {
  ThreeThreads t;
  t.set_priority(t.c, 1);
  CHECK(t.scheduler.next() == t.a.get());
  t.scheduler.quantum_ended(3999ms);
  CHECK(t.c->current_priority() == 1);
  CHECK(t.scheduler.next() == t.b.get());
  t.scheduler.quantum_ended(4000ms);
  CHECK(t.c->current_priority() == 15);
  CHECK(t.scheduler.next() == t.c.get());
  t.scheduler.quantum_ended(4000ms);
  CHECK(t.c->current_priority() == 1);
}

TEST_CASE("A yield goes to equals, or to anybody, as it says", "[scheduler]") {
  ThreeThreads t;
  t.scheduler.remove(*t.b);
  t.set_priority(t.c, 4);
  CHECK(t.scheduler.next() == t.a.get());
  CHECK_FALSE(t.scheduler.yield(*t.a, YieldTo::Equals, kNow));
  CHECK(t.scheduler.next() == t.a.get());
  CHECK(t.scheduler.yield(*t.a, YieldTo::Anybody, kNow));
  CHECK(t.scheduler.next() == t.c.get());
}

}  // namespace
}  // namespace emu
