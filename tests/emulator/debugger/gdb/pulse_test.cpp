#include "emulator/debugger/gdb/pulse.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "emulator/debugger/engine/engine.h"
#include "emulator/kernel/kernel.h"
#include "tests/emulator/kernel/test_machine.h"
#include "tests/mm/base/death.h"

namespace emu::debugger {
namespace {

// A machine that nobody ever halts.
struct Debugged final : FrontEnd {
  Resume on_halt(Engine&, const Halt&) override { return {}; }

  emu::test::TestMachine test;
  Engine engine{test.machine->kernel(), *this};
};

// A client that says nothing.
class Silence final : public gdb::Transport {
 public:
  Received receive(std::span<char>, Patience) override { return {Received::State::Nothing}; }
  bool has_news() const override { return false; }
  bool send(std::string_view) override { return true; }
};

TEST_CASE("A second pulse is refused") {
  Debugged first, second;
  const Silence client;
  const auto death = mm::test::die([&] {
    Pulse one, other;
    one.start(first.engine, client);
    one.start(first.engine, client);  // the same again is none
    other.start(second.engine, client);
  });
  CHECK(WIFSIGNALED(death.status));
  CHECK_THAT(death.said, Catch::Matchers::ContainsSubstring("a second pulse"));
}

TEST_CASE("Pulses may follow each other") {
  Debugged first, second;
  const Silence client;
  const auto death = mm::test::die([&] {
    Pulse one, other;
    one.start(first.engine, client);
    one.stop();
    other.start(second.engine, client);
  });
  CHECK(WIFEXITED(death.status));
  CHECK(death.said.empty());
}

}  // namespace
}  // namespace emu::debugger
