// A small machine (tests/emulator/kernel/test_machine.h) under an engine whose front end is the test. Such
// tests stand in this namespace.
#pragma once

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <utility>
#include <vector>

#include "emulator/debugger/engine/engine.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/thread.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu::debugger::test {

using emu::test::kCode;
using emu::test::kData;
using emu::test::TestMachine;
using Kind = Halt::Kind;
using Offsets = std::vector<uint32_t>;  // behind the code's beginning

class DebuggedMachine final : public FrontEnd {
 public:
  using Answer = std::function<Resume(const Halt&)>;

  // What a halt was, and where its thread stood.
  struct Seen {
    Halt halt;
    uint32_t thread = 0;  // its id: it may be gone when the run has ended
    uint32_t eip = 0;
    Registers registers;
  };

  explicit DebuggedMachine(Answer answer = [](const Halt&) { return Resume{}; })
      : engine(test.machine->kernel(), *this), answer_(std::move(answer)) {}

  Resume on_halt(Engine&, const Halt& halt) override {
    Seen& now = seen.emplace_back(Seen{halt, 0, 0, {}});
    if (halt.thread != nullptr && halt.kind != Halt::Kind::GuestEnd) {
      now.thread = halt.thread->id();
      now.registers = engine.registers(*halt.thread);
      now.eip = now.registers.eip;
    }
    return answer_(halt);
  }

  void answer_with(Answer answer) { answer_ = std::move(answer); }
  Machine::RunEnd run(std::initializer_list<int> code) {
    test.put_code(code);
    return engine.run();
  }

  // Those of one kind.
  std::vector<Seen> all(Kind kind) const {
    std::vector<Seen> found;
    for (const Seen& one : seen)
      if (one.halt.kind == kind) found.push_back(one);
    return found;
  }
  // How far behind the code's beginning the halts of one kind were.
  Offsets offsets(Kind kind) const {
    Offsets found;
    for (const Seen& one : all(kind)) found.push_back(one.eip - kCode.value);
    return found;
  }

  TestMachine test;
  std::vector<Seen> seen;
  Engine engine;

 private:
  Answer answer_;
};

// Another thread of the test's process, which begins at an offset in its code.
inline Thread& second_thread(DebuggedMachine& debugged, uint32_t offset) {
  const std::array<uint32_t, 1> words{0};
  auto thread = debugged.test.machine->kernel().user_threads().create(
      debugged.test.process, {0x10000, 0x1000}, kCode + offset, words);
  REQUIRE(thread);
  return **thread;
}

inline Breakpoint code_breakpoint(uint32_t offset) {
  return {.kind = Breakpoint::Kind::Code, .address = kCode.value + offset};
}

}  // namespace emu::debugger::test
