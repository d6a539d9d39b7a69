#include "emulator/cli/interrupt_signal.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <csignal>

#include "emulator/debugger/engine/engine.h"
#include "emulator/kernel/kernel.h"
#include "tests/emulator/kernel/test_machine.h"
#include "tests/mm/base/death.h"

namespace emu {
namespace {

// A machine that nobody ever halts.
struct Debugged final : debugger::FrontEnd {
  debugger::Resume on_halt(debugger::Engine&, const debugger::Halt&) override { return {}; }

  test::TestMachine test;
  debugger::Engine engine{test.machine->kernel(), *this};
};

TEST_CASE("Ctrl-C asks the engine to halt, and nobody when it has gone") {
  Debugged debugged;
  const auto death = mm::test::die([&] {
    {
      const InterruptSignal interrupt(debugged.engine);
      std::raise(SIGINT);
      if (!debugged.engine.break_pending()) _exit(1);
    }
    std::raise(SIGINT);
  });
  CHECK(WIFEXITED(death.status));
  CHECK(WEXITSTATUS(death.status) == 0);
}

TEST_CASE("A second engine for Ctrl-C is refused") {
  Debugged first, second;
  const auto death = mm::test::die([&] {
    const InterruptSignal one(first.engine);
    const InterruptSignal other(second.engine);
  });
  CHECK(WIFSIGNALED(death.status));
  CHECK_THAT(death.said, Catch::Matchers::ContainsSubstring("a second engine for Ctrl-C"));
}

}  // namespace
}  // namespace emu
