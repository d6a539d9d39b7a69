// Threads that the debugger makes stand still.
#include <catch2/catch_test_macros.hpp>

#include "emulator/board/clock.h"
#include "emulator/kernel/kernel.h"
#include "tests/emulator/debugger/engine/debugged_machine.h"

namespace emu::debugger::test {
namespace {

// 0 mov ecx,0x1000000; 5 dec ecx; 6 jnz 5; 8 mov eax,NtYieldExecution; 0xD int 0x2e; 0xF jmp 0; 0x11 nop
// 0x12 inc dword [kData]; 0x18 jmp 0x12
constexpr std::initializer_list<int> kSpinners = {0xB9, 0,    0, 0, 1,    0x49, 0x75, 0xFD, 0xB8,
                                                  9,    0,    0, 0, 0xCD, 0x2E, 0xEB, 0xEF, 0x90,
                                                  0xFF, 0x05, 0, 0, 0x42, 0,    0xEB, 0xF8};
constexpr uint32_t kSecond = 0x12;

// The second thread's work so far.
uint32_t work(DebuggedMachine& debugged) { return debugged.test.memory->load<uint32_t>(kData).value_or(~0u); }

void halt_at_yields(DebuggedMachine& debugged) {
  debugged.engine.breakpoints().add(
      {.kind = Breakpoint::Kind::Service, .service = PagewalkService_NtYieldExecution});
}

TEST_CASE("a thread that is frozen runs no instruction, and runs when it is thawed") {
  DebuggedMachine debugged;
  const Thread& second = second_thread(debugged, kSecond);
  std::vector<uint32_t> seen;
  std::vector<Duration> times;
  debugged.answer_with([&](const Halt& halt) {
    if (halt.kind == Kind::Break) debugged.engine.freeze(second);
    if (halt.kind != Kind::Service) return Resume{};
    CHECK(halt.thread != &second);
    seen.push_back(work(debugged));
    times.push_back(debugged.test.machine->kernel().clock().since_boot());
    if (seen.size() == 2) debugged.engine.thaw(second);
    return Resume{.kind = seen.size() == 4 ? Resume::Kind::Quit : Resume::Kind::Go};
  });
  halt_at_yields(debugged);
  debugged.engine.request_break();
  debugged.run(kSpinners);
  REQUIRE(seen.size() == 4);
  CHECK(seen[0] == 0);
  CHECK(seen[1] == 0);
  CHECK(seen[2] > 0);
  CHECK(seen[3] > seen[2]);
  CHECK(times[1] > times[0]);  // time goes on
}

TEST_CASE("when only frozen threads could run the guest stands still, and loses nothing by it") {
  DebuggedMachine debugged;
  const Thread& second = second_thread(debugged, kSecond);
  const Thread& first = *debugged.test.thread;
  debugged.answer_with([&](const Halt& halt) {
    for (const Thread* thread : {&first, &second}) {
      if (halt.kind == Kind::Break) debugged.engine.freeze(*thread);
      if (halt.kind == Kind::Standstill && debugged.all(Kind::Standstill).size() == 3)
        debugged.engine.thaw(*thread);
    }
    return Resume{.kind = halt.kind == Kind::Service ? Resume::Kind::Quit : Resume::Kind::Go};
  });
  halt_at_yields(debugged);
  debugged.engine.request_break();
  debugged.run(kSpinners);
  CHECK(debugged.offsets(Kind::Standstill) == Offsets{0, 0, 0});
  const uint32_t held = work(debugged);
  DebuggedMachine free([](const Halt& halt) {
    return Resume{.kind = halt.kind == Kind::Service ? Resume::Kind::Quit : Resume::Kind::Go};
  });
  second_thread(free, kSecond);
  halt_at_yields(free);
  free.run(kSpinners);
  CHECK(held == work(free));
  CHECK(held > 0);
  CHECK(debugged.test.machine->kernel().clock().since_boot() ==
        free.test.machine->kernel().clock().since_boot());
}

TEST_CASE("a thread that was suspended at a halt waits to be resumed") {
  DebuggedMachine debugged;
  Thread& second = second_thread(debugged, kSecond);
  std::vector<uint32_t> seen;
  debugged.answer_with([&](const Halt& halt) {
    if (halt.kind == Kind::Break) CHECK(debugged.engine.suspend(second) == 0);
    if (halt.kind != Kind::Service) return Resume{};
    seen.push_back(work(debugged));
    if (seen.size() == 1) CHECK(debugged.engine.resume(second) == 1);
    return Resume{.kind = seen.size() == 3 ? Resume::Kind::Quit : Resume::Kind::Go};
  });
  halt_at_yields(debugged);
  debugged.engine.request_break();
  debugged.run(kSpinners);
  REQUIRE(seen.size() == 3);
  CHECK(seen[0] == 0);
  CHECK(seen[2] > 0);
}

TEST_CASE("a guest whose only thread is suspended stands still; one that waits for ever has ended") {
  DebuggedMachine debugged;
  debugged.answer_with([&](const Halt& halt) {
    if (halt.kind == Kind::Break) CHECK(debugged.engine.suspend(*halt.thread) == 0);
    if (halt.kind == Kind::Standstill) CHECK(debugged.engine.resume(*halt.thread) == 1);
    return Resume{.kind = halt.kind == Kind::Service ? Resume::Kind::Quit : Resume::Kind::Go};
  });
  halt_at_yields(debugged);
  debugged.engine.request_break();
  CHECK(debugged.run(kSpinners) == Machine::RunEnd::Quit);
  CHECK(debugged.all(Kind::Standstill).size() == 1);
  CHECK(debugged.all(Kind::Service).size() == 1);
}

}  // namespace
}  // namespace emu::debugger::test
