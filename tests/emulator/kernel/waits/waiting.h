// Threads that begin waits by hand; none of them ever runs.
#pragma once

#include <initializer_list>
#include <optional>
#include <vector>

#include "emulator/board/clock.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/client_ids.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/waits/thread_wait.h"
#include "emulator/kernel/waits/waits.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu::test {

struct Waiting {
  using Kind = ThreadWait::Kind;
  using Alertable = ThreadWait::Alertable;

  TestMachine machine;
  Waits& waits = machine.machine->kernel().waits();
  Clock& clock = machine.machine->kernel().clock();
  ObjectManager& objects = machine.machine->kernel().objects();
  Thread& a = *machine.thread;
  Thread& b = add();
  Thread& c = add();

  Thread& add() {
    const uint32_t id = machine.machine->kernel().client_ids().next();
    return machine.machine->kernel().threads().begin(id, machine.process, {0x10000}, {}, Suspended::No, {});
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
