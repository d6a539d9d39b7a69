#include "emulator/kernel/scheduler.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using namespace std::chrono_literals;

struct Threads {
  test::TestMachine machine;
  Scheduler scheduler;
  Thread& a = add(100);
  Thread& b = add(104);
  Thread& c = add(108);

  Thread& add(uint32_t id) {
    return scheduler.add(machine.machine->objects().make<Thread>(id, machine.process, mm::VirtualAddress{0}));
  }
};

TEST_CASE("threads run in the order in which they became ready") {
  Threads t;
  CHECK(t.scheduler.next() == &t.a);
  t.scheduler.yield(t.a);
  CHECK(t.scheduler.next() == &t.b);
  t.scheduler.yield(t.b);
  CHECK(t.scheduler.next() == &t.c);
}

TEST_CASE("waiting threads wake by their deadlines, equal ones in order") {
  Threads t;
  t.scheduler.block_until(t.a, 20ns);
  t.scheduler.block_until(t.b, 10ns);
  t.scheduler.block_until(t.c, 20ns);
  CHECK(t.scheduler.next() == nullptr);
  CHECK(t.scheduler.next_deadline() == Duration(10));
  t.scheduler.wake(10ns);
  CHECK(t.scheduler.next() == &t.b);
  CHECK(t.scheduler.ready_count() == 1);
  t.scheduler.wake(30ns);
  CHECK(t.scheduler.ready_count() == 3);
  t.scheduler.yield(t.b);
  CHECK(t.scheduler.next() == &t.a);
  CHECK_FALSE(t.scheduler.next_deadline());
}

TEST_CASE("a process's end ends its threads, ready or waiting") {
  Threads t;
  t.scheduler.block_until(t.b, 10ns);
  t.scheduler.end_threads_of(t.machine.process);
  CHECK(t.scheduler.next() == nullptr);
  CHECK_FALSE(t.scheduler.next_deadline());
  CHECK(t.a.state() == Thread::State::Ended);
  CHECK(t.b.state() == Thread::State::Ended);
}

}  // namespace
}  // namespace emu
