// Any number of listeners look at a machine; a controller steers it besides.
#include "emulator/kernel/listeners.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>
#include <vector>

#include "emulator/board/clock.h"
#include "emulator/kernel/controller.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "tests/emulator/kernel/test_machine.h"
#include "tests/mm/base/death.h"

namespace emu {
namespace {

using test::TestMachine;

constexpr int kExit = PagewalkService_NtTerminateProcess;

// mov byte ptr [0x00421000],1; push 7; push -1; mov edx,esp; mov eax,NtTerminateProcess; int 0x2e
const std::vector<int> kTouchAndExit{0xC6, 0x05, 0x00, 0x10, 0x42,  0x00, 0x01, 0x6A, 0x07, 0x6A,
                                     0xFF, 0x89, 0xE2, 0xB8, kExit, 0,    0,    0,    0xCD, 0x2E};

struct Watcher : LifeListener, ServiceListener, FaultListener {
  void on_process_end(Process&, const ProcessEnd& end) override { exit_code = end.exit_code; }
  void on_service(Thread&, uint32_t number, mm::VirtualAddress) override { services.push_back(number); }
  void on_service_end(Thread&, uint32_t, uint32_t) override { ++services_ended; }
  void on_fault(Process&, Thread*, const mm::Fault& fault, mm::FaultActor) override {
    touched |= fault.address.page() == mm::VirtualAddress{0x00421000}.page();
    ++faults;
  }
  void on_fault_stage(const mm::Event&) override { ++stages; }
  void on_fault_end(Process&, const mm::FaultOutcome&) override { ++faults_ended; }

  uint32_t exit_code = 0;
  std::vector<uint32_t> services;
  int services_ended = 0, faults = 0, stages = 0, faults_ended = 0;
  bool touched = false;
};

void listen(TestMachine& test, Watcher& watcher) {
  Listeners& listeners = test.machine->kernel().listeners();
  listeners.lives.add(watcher);
  listeners.services.add(watcher);
  listeners.faults.add(watcher);
}

TEST_CASE("every listener is told of services, faults with their stages, and ends", "[listeners]") {
  TestMachine test;
  Watcher first, second;
  listen(test, first);
  listen(test, second);
  CHECK(test.run(kTouchAndExit) == Machine::RunEnd::ProcessesEnded);
  for (const Watcher* watcher : {&first, &second}) {
    CHECK(watcher->exit_code == 7);
    CHECK(watcher->services == std::vector<uint32_t>{kExit});
    CHECK(watcher->services_ended == 1);
    CHECK(watcher->touched);
    CHECK(watcher->faults == watcher->faults_ended);
    CHECK(watcher->stages >= 3 * watcher->faults);
  }
  CHECK(first.stages == second.stages);
}

TEST_CASE("a listener that left is told nothing more, and the others still are", "[listeners]") {
  TestMachine test;
  Watcher stays, leaves;
  listen(test, leaves);
  listen(test, stays);
  test.machine->kernel().listeners().faults.remove(leaves);
  test.machine->kernel().listeners().services.remove(leaves);
  test.run(kTouchAndExit);
  CHECK(leaves.faults == 0);
  CHECK(leaves.stages == 0);
  CHECK(leaves.services.empty());
  CHECK(leaves.exit_code == 7);
  CHECK(stays.touched);
  CHECK(stays.stages != 0);
}

TEST_CASE("looking changes nothing of what the guest does", "[listeners]") {
  const auto times = [](bool looked_at) {
    TestMachine test;
    Watcher watcher;
    if (looked_at) listen(test, watcher);
    test.run(kTouchAndExit);
    return test.machine->kernel().clock().since_boot();
  };
  CHECK(times(false) == times(true));
}

struct Swallower : Controller {
  Pace before_run(Thread&) override { return Pace::Free; }
  void after_run(Thread&, const Stop&) override { ++runs; }
  Standstill on_standstill() override { return Standstill::ForEver; }
  Disposition on_exception(Thread& thread, const Exception& exception) override {
    thread.registers.eip = exception.address.value + 1;
    return Disposition::Swallow;
  }
  int runs = 0;
};

TEST_CASE("a controller steers while listeners look", "[listeners]") {
  TestMachine test;
  Watcher watcher;
  Swallower controller;
  listen(test, watcher);
  test.machine->kernel().set_controller(controller);
  std::vector<int> code{0xCC};  // int3, which nobody gets to see
  code.insert(code.end(), kTouchAndExit.begin(), kTouchAndExit.end());
  CHECK(test.run(code) == Machine::RunEnd::ProcessesEnded);
  CHECK(watcher.exit_code == 7);
  CHECK(controller.runs >= 2);
  CHECK_FALSE(test.observer.exception);
}

TEST_CASE("A second controller is refused until the first has gone", "[listeners]") {
  TestMachine test;
  Kernel& kernel = test.machine->kernel();
  Swallower first, second;
  kernel.set_controller(first);
  const auto death = mm::test::die([&] { kernel.set_controller(second); });
  CHECK(WIFSIGNALED(death.status));
  CHECK_THAT(death.said, Catch::Matchers::ContainsSubstring("a second controller"));
  kernel.clear_controller();
  kernel.set_controller(second);
  CHECK(test.run(kTouchAndExit) == Machine::RunEnd::ProcessesEnded);
  CHECK(first.runs == 0);
  CHECK(second.runs > 0);
}

TEST_CASE("A controller can stand before the one there is", "[listeners]") {
  TestMachine test;
  Kernel& kernel = test.machine->kernel();
  Swallower behind, before;
  CHECK(kernel.stand_before_controller(behind) == nullptr);
  CHECK(kernel.stand_before_controller(before) == &behind);
  CHECK(test.run(kTouchAndExit) == Machine::RunEnd::ProcessesEnded);
  CHECK(before.runs > 0);
  CHECK(behind.runs == 0);
}

}  // namespace
}  // namespace emu
