// Breakpoints, steps and exceptions. The addresses of halts are counted in the code that stands beside them.
#include "emulator/debugger/engine/engine.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "emulator/kernel/processes/process.h"
#include "tests/emulator/debugger/engine/debugged_machine.h"

namespace emu::debugger::test {
namespace {

// 0 mov ecx,3; 5 nop; 6 dec ecx; 7 jnz 5; 9 push 0x12; push -1; mov edx,esp; mov eax,NtTerminateProcess;
// int 0x2e
constexpr std::initializer_list<int> kLoop = {0xB9, 3,    0,    0,    0,    0x90, 0x49, 0x75,
                                              0xFC, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8,
                                              4,    0,    0,    0,    0xCD, 0x2E};
// 0 call 0x15; 5 nop; 6 push 0x12 and so on; 0x15 nop; 0x16 nop; 0x17 ret
constexpr std::initializer_list<int> kCall = {0xE8, 0x10, 0, 0, 0, 0x90, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2,
                                              0xB8, 4,    0, 0, 0, 0xCD, 0x2E, 0x90, 0x90, 0x90, 0x90, 0xC3};

void check_undisturbed_end(const DebuggedMachine& debugged) {
  REQUIRE(debugged.test.process.how_ended());
  CHECK(debugged.test.process.how_ended()->kind == ProcessEnd::Kind::Exited);
  CHECK(debugged.test.process.how_ended()->exit_code == 0x12);
  CHECK(debugged.seen.back().halt.kind == Kind::GuestEnd);
}

// Answers with one resumption after the other, then lets go.
DebuggedMachine::Answer in_turn(std::vector<Resume> resumes) {
  return [resumes, next = size_t{0}](const Halt&) mutable {
    return next < resumes.size() ? resumes[next++] : Resume{};
  };
}

TEST_CASE("with nothing set the guest halts at its process's end only") {
  DebuggedMachine debugged;
  CHECK(debugged.run(kLoop) == Machine::RunEnd::ProcessesEnded);
  REQUIRE(debugged.seen.size() == 2);
  CHECK(debugged.seen[0].halt.kind == Kind::ProcessEnd);
  check_undisturbed_end(debugged);
}

TEST_CASE("a breakpoint halts once each time its thread gets there") {
  DebuggedMachine debugged;
  debugged.engine.breakpoints().add(code_breakpoint(5));
  debugged.run(kLoop);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{5, 5, 5});
  Offsets counts;
  for (const auto& seen : debugged.all(Kind::Breakpoint)) counts.push_back(seen.registers.ecx);
  CHECK(counts == Offsets{3, 2, 1});
  check_undisturbed_end(debugged);
}

TEST_CASE("a breakpoint that is set at a halt halts from then on, one that is cleared does not") {
  DebuggedMachine debugged;
  debugged.engine.breakpoints().add(code_breakpoint(5));
  debugged.answer_with([&](const Halt& halt) {
    debugged.engine.breakpoints().clear();
    if (halt.kind == Kind::Breakpoint && debugged.seen.size() < 3)
      debugged.engine.breakpoints().add(code_breakpoint(debugged.seen.size() == 1 ? 7 : 6));
    return Resume{};
  });
  debugged.run(kLoop);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{5, 7, 6});
  check_undisturbed_end(debugged);
}

TEST_CASE("a breakpoint with passes halts from the last of them on; one that lasts once is gone") {
  DebuggedMachine debugged;
  Breakpoint second = code_breakpoint(6), once = code_breakpoint(7);
  second.passes = 2;
  once.lasts = Breakpoint::Lasts::Once;
  debugged.engine.breakpoints().add(second);
  debugged.engine.breakpoints().add(once);
  debugged.run(kLoop);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{7, 6, 6});
  CHECK(debugged.engine.breakpoints().all().size() == 1);
}

TEST_CASE("a step executes one instruction, several as many") {
  DebuggedMachine debugged(in_turn({{.kind = Resume::Kind::StepInto},
                                    {.kind = Resume::Kind::StepInto},
                                    {.kind = Resume::Kind::StepInto, .count = 4}}));
  debugged.engine.request_break();
  debugged.run(kLoop);
  CHECK(debugged.offsets(Kind::Break) == Offsets{0});
  CHECK(debugged.offsets(Kind::Step) == Offsets{5, 6, 7});  // 6 7 5 6 7
  check_undisturbed_end(debugged);
}

TEST_CASE("a step onto a breakpoint is a halt at the breakpoint, and only that") {
  DebuggedMachine debugged(in_turn({{.kind = Resume::Kind::StepInto}, {.kind = Resume::Kind::StepInto}}));
  debugged.engine.breakpoints().add(code_breakpoint(5));
  debugged.engine.request_break();
  debugged.run(kLoop);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{5, 5, 5});
  CHECK(debugged.offsets(Kind::Step) == Offsets{6});
}

TEST_CASE("steps go into a call, over it, to its return and out of it") {
  SECTION("into") {
    DebuggedMachine debugged(in_turn({{.kind = Resume::Kind::StepInto}}));
    debugged.engine.request_break();
    debugged.run(kCall);
    CHECK(debugged.offsets(Kind::Step) == Offsets{0x15});
  }
  SECTION("over") {
    DebuggedMachine debugged(in_turn({{.kind = Resume::Kind::StepOver}, {.kind = Resume::Kind::StepOver}}));
    debugged.engine.request_break();
    debugged.run(kCall);
    CHECK(debugged.offsets(Kind::Step) == Offsets{5, 6});
    check_undisturbed_end(debugged);
  }
  SECTION("to its return") {
    DebuggedMachine debugged(
        in_turn({{.kind = Resume::Kind::StepInto}, {.kind = Resume::Kind::StepToReturn}}));
    debugged.engine.request_break();
    debugged.run(kCall);
    CHECK(debugged.offsets(Kind::Step) == Offsets{0x15, 0x17});
  }
  SECTION("out") {
    DebuggedMachine debugged;
    debugged.engine.breakpoints().add(code_breakpoint(0x15));
    debugged.answer_with([&](const Halt& halt) {
      if (halt.kind != Kind::Breakpoint) return Resume{};
      const uint32_t stack = debugged.engine.registers(*halt.thread).esp;
      return Resume{.kind = Resume::Kind::RunTo, .address = kCode + 5, .stack = stack + 4};
    });
    debugged.run(kCall);
    CHECK(debugged.offsets(Kind::Step) == Offsets{5});
    check_undisturbed_end(debugged);
  }
}

TEST_CASE("a breakpoint on the way of a step over a call halts, and the step is forgotten") {
  DebuggedMachine debugged(in_turn({{.kind = Resume::Kind::StepOver}}));
  debugged.engine.breakpoints().add(code_breakpoint(0x16));
  debugged.engine.request_break();
  debugged.run(kCall);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{0x16});
  CHECK(debugged.offsets(Kind::Step).empty());
  check_undisturbed_end(debugged);
}

// mov eax,[ecx] with ECX 0, then the end.
constexpr std::initializer_list<int> kBadRead = {0x8B, 0x01, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2,
                                                 0xB8, 4,    0,    0,    0,    0xCD, 0x2E};

TEST_CASE("an exception that nobody handles halts at its first and its second chance") {
  DebuggedMachine debugged;
  debugged.run(kBadRead);
  const auto seen = debugged.all(Kind::Exception);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].halt.exception.status() == mm::NtStatus::AccessViolation);
  CHECK(seen[0].halt.exception.chance == Exception::Chance::First);
  CHECK(seen[1].halt.exception.chance == Exception::Chance::Second);
  CHECK(debugged.offsets(Kind::Exception) == Offsets{0, 0});
  CHECK(debugged.test.process.how_ended()->kind == ProcessEnd::Kind::UnhandledException);
}

TEST_CASE("an exception that is swallowed never was: its instruction is made again") {
  DebuggedMachine debugged;
  debugged.answer_with([&](const Halt& halt) {
    if (halt.kind != Kind::Exception) return Resume{};
    Registers registers = debugged.engine.registers(*halt.thread);
    registers.ecx = kData.value;
    debugged.engine.set_registers(*halt.thread, registers);
    return Resume{.exception_is = Resume::ExceptionIs::Handled};
  });
  debugged.run(kBadRead);
  CHECK(debugged.all(Kind::Exception).size() == 1);
  check_undisturbed_end(debugged);
}

TEST_CASE("a breakpoint instruction that is swallowed is done") {
  DebuggedMachine debugged([](const Halt&) { return Resume{.exception_is = Resume::ExceptionIs::Handled}; });
  // nop; int3; then the end
  debugged.run({0x90, 0xCC, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0, 0, 0, 0xCD, 0x2E});
  CHECK(debugged.offsets(Kind::Exception) == Offsets{1});
  check_undisturbed_end(debugged);
}

TEST_CASE("a step at a breakpoint instruction that is swallowed ends behind it") {
  const Resume::Kind kind = GENERATE(Resume::Kind::StepInto, Resume::Kind::StepOver, Resume::Kind::RunTo);
  DebuggedMachine debugged;
  debugged.answer_with([&](const Halt& halt) {
    if (halt.kind != Kind::Exception) return Resume{};
    return Resume{.kind = kind, .address = kCode + 2, .exception_is = Resume::ExceptionIs::Handled};
  });
  // nop; int3; push 0x12; and so on
  debugged.run({0x90, 0xCC, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0, 0, 0, 0xCD, 0x2E});
  CHECK(debugged.offsets(Kind::Step) == Offsets{2});
  check_undisturbed_end(debugged);
}

TEST_CASE("several steps at a breakpoint instruction count it as one") {
  DebuggedMachine debugged;
  debugged.answer_with([&](const Halt& halt) {
    if (halt.kind != Kind::Exception) return Resume{};
    return Resume{.kind = Resume::Kind::StepInto, .count = 3, .exception_is = Resume::ExceptionIs::Handled};
  });
  debugged.run({0x90, 0xCC, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0, 0, 0, 0xCD, 0x2E});
  CHECK(debugged.offsets(Kind::Step) == Offsets{6});
  check_undisturbed_end(debugged);
}

TEST_CASE("filters say which exceptions halt") {
  DebuggedMachine debugged;
  debugged.engine.filters().set_exception(0xC0000005, Filter::SecondChance);
  debugged.run(kBadRead);
  REQUIRE(debugged.all(Kind::Exception).size() == 1);
  CHECK(debugged.all(Kind::Exception)[0].halt.exception.chance == Exception::Chance::Second);
}

TEST_CASE("a process that is ended at a halt executes nothing more") {
  DebuggedMachine debugged;
  debugged.engine.breakpoints().add(code_breakpoint(6));
  debugged.answer_with([&](const Halt& halt) {
    if (halt.kind == Kind::Breakpoint) debugged.engine.end_process(*halt.process, 99);
    return Resume{};
  });
  CHECK(debugged.run(kLoop) == Machine::RunEnd::ProcessesEnded);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{6});
  CHECK(debugged.all(Kind::ProcessEnd).empty());
  CHECK(debugged.test.process.how_ended()->exit_code == 99);
}

}  // namespace
}  // namespace emu::debugger::test
