// Threads that begin waits by hand; none of them ever runs.
#pragma once

#include <initializer_list>
#include <optional>
#include <vector>

#include "tests/emulator/kernel/test_machine.h"

namespace emu::test {

struct Waiting {
  using Kind = ThreadWait::Kind;
  using Alertable = ThreadWait::Alertable;

  TestMachine machine;
  Waits& waits = machine.machine->waits();
  Clock& clock = machine.machine->clock();
  ObjectManager& objects = machine.machine->objects();
  Thread& a = *machine.thread;
  Thread& b = add();
  Thread& c = add();

  Thread& add() {
    const uint32_t id = machine.machine->next_id();
    return machine.machine->create_thread(id, machine.process, {0x10000}, {});
  }
  ~Waiting() {
    for (Thread* thread : {&a, &b, &c})
      if (!thread->ended()) waits.abandon(*thread);
  }
  mm::NtStatus wait(Thread& thread, std::initializer_list<Ref<DispatcherObject>> wanted,
                    Kind kind = Kind::Any, std::optional<Duration> timeout = {},
                    Alertable alertable = Alertable::No) {
    const std::vector<Ref<DispatcherObject>> all(wanted);
    std::optional<Duration> deadline;
    if (timeout) deadline = clock.since_boot() + *timeout;
    return waits.wait_for_objects(
        thread, {.objects = all, .kind = kind, .alertable = alertable, .deadline = deadline});
  }
  void pass(Duration time) {
    clock.charge(time);
    waits.time_passed();
  }
};

inline uint32_t result_of(const Thread& thread) { return thread.registers.eax; }

}  // namespace emu::test
