// Data breakpoints, services, faults stage by stage, threads and processes.
#include <catch2/catch_test_macros.hpp>

#include "emulator/debugger/engine/engine.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "tests/emulator/debugger/engine/debugged_machine.h"

namespace emu::debugger::test {
namespace {

// 0 mov eax,[kData+4]; 5 mov [kData+8],eax; 0xA push 0x12; push -1; mov edx,esp; mov eax,NtTerminateProcess;
// int 0x2e
constexpr std::initializer_list<int> kCopy = {0xA1, 4, 0,    0x42, 0,    0xA3, 8,    0,
                                              0x42, 0, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2,
                                              0xB8, 4, 0,    0,    0,    0xCD, 0x2E};
constexpr uint32_t kBehindRead = 5, kBehindWrite = 0xA;

enum class On : uint8_t { Read, Write, Access, Execute };
Breakpoint data_breakpoint(On on, uint64_t address, uint64_t size) {
  Breakpoint breakpoint{.kind = Breakpoint::Kind::Data, .address = address, .size = size};
  breakpoint.on_read = on == On::Read || on == On::Access;
  breakpoint.on_write = on == On::Write || on == On::Access;
  breakpoint.on_execute = on == On::Execute;
  return breakpoint;
}

Offsets halts_of(const Breakpoint& breakpoint) {
  DebuggedMachine debugged;
  debugged.engine.breakpoints().add(breakpoint);
  debugged.run(kCopy);
  CHECK(debugged.test.process.how_ended()->exit_code == 0x12);
  return debugged.offsets(Kind::DataAccess);
}

TEST_CASE("a data breakpoint halts behind the instruction that it sees, and only then") {
  CHECK(halts_of(data_breakpoint(On::Read, kData.value + 4, 4)) == Offsets{kBehindRead});
  CHECK(halts_of(data_breakpoint(On::Read, kData.value + 7, 1)) == Offsets{kBehindRead});
  CHECK(halts_of(data_breakpoint(On::Write, kData.value + 8, 4)) == Offsets{kBehindWrite});
  CHECK(halts_of(data_breakpoint(On::Write, kData.value + 4, 4)).empty());
  CHECK(halts_of(data_breakpoint(On::Read, kData.value + 8, 4)).empty());
  CHECK(halts_of(data_breakpoint(On::Access, kData.value + 12, 4)).empty());
  CHECK(halts_of(data_breakpoint(On::Access, kData.value, 0x1000)) == Offsets{kBehindRead, kBehindWrite});
}

// The guest's own breakpoints, and the debugger's at the same places.
Offsets exceptions_of(DebuggedMachine& debugged, const DebugRegisters& registers) {
  debugged.test.thread->debug_registers = registers;
  debugged.answer_with([](const Halt&) { return Resume{.exception_is = Resume::ExceptionIs::Handled}; });
  debugged.run(kCopy);
  for (const auto& one : debugged.all(Kind::Exception))
    CHECK(one.halt.exception.status() == mm::NtStatus::SingleStep);
  CHECK(debugged.test.process.how_ended()->exit_code == 0x12);
  return debugged.offsets(Kind::Exception);
}

// At 0 executed, kData + 4 accessed, kData + 8 written.
DebugRegisters guests_own() {
  return {.addresses = {kCode.value, kData.value + 4, kData.value + 8, 0}, .control = 0x0DF00015};
}

TEST_CASE("the guest's own breakpoints halt as its exceptions, beside the debugger's") {
  DebuggedMachine alone;
  CHECK(exceptions_of(alone, guests_own()) == Offsets{0, kBehindRead, kBehindWrite});
  CHECK(alone.all(Kind::DataAccess).empty());
  CHECK(alone.all(Kind::Breakpoint).empty());

  DebuggedMachine both;
  both.engine.breakpoints().add(data_breakpoint(On::Access, kData.value, 0x1000));
  both.engine.breakpoints().add(code_breakpoint(0));
  CHECK(exceptions_of(both, guests_own()) == Offsets{0, kBehindRead, kBehindWrite});
  CHECK(both.offsets(Kind::DataAccess) == Offsets{kBehindRead, kBehindWrite});
  CHECK(both.offsets(Kind::Breakpoint) == Offsets{0});
}

// The debugger sees the other operand of an instruction that the guest's breakpoint sees, on another page.
TEST_CASE("an instruction may touch a page of the guest's breakpoint and one of the debugger's") {
  // mov esi,kData; mov edi,kData+0x1000; movsd; push 0x12; and so on
  const std::initializer_list<int> move = {0xBE, 0,    0,    0x42, 0,    0xBF, 0, 0x10, 0x42, 0, 0xA5, 0x6A,
                                           0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0,    0,    0, 0xCD, 0x2E};
  DebuggedMachine debugged([](const Halt&) { return Resume{.exception_is = Resume::ExceptionIs::Handled}; });
  debugged.test.thread->debug_registers = {.addresses = {kData.value + 0x1000}, .control = 0x000D0001};
  debugged.engine.breakpoints().add(data_breakpoint(On::Read, kData.value, 4));
  debugged.run(move);
  CHECK(debugged.offsets(Kind::DataAccess) == Offsets{11});
  CHECK(debugged.offsets(Kind::Exception) == Offsets{11});
  CHECK(debugged.test.process.how_ended()->exit_code == 0x12);
}

// mov edi,kData; mov ecx,4; rep stosd; push 0x12; and so on
constexpr std::initializer_list<int> kFill = {0xBF, 0,    0,    0x42, 0,    0xB9, 4,    0,    0,
                                              0,    0xF3, 0xAB, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2,
                                              0xB8, 4,    0,    0,    0,    0xCD, 0x2E};
constexpr uint32_t kRepetition = 10, kBehindRepetition = 12;

TEST_CASE("a repetition that a data breakpoint interrupts is got to once") {
  DebuggedMachine debugged;
  debugged.engine.breakpoints().add(code_breakpoint(kRepetition));
  debugged.engine.breakpoints().add(data_breakpoint(On::Write, kData.value, 16));
  debugged.run(kFill);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{kRepetition});
  CHECK(debugged.offsets(Kind::DataAccess) ==
        Offsets{kRepetition, kRepetition, kRepetition, kBehindRepetition});
  CHECK(debugged.test.process.how_ended()->exit_code == 0x12);
}

TEST_CASE("the guest's breakpoints at a repetition and in it") {
  DebuggedMachine debugged([](const Halt&) { return Resume{.exception_is = Resume::ExceptionIs::Handled}; });
  debugged.test.thread->debug_registers = {.addresses = {kCode.value + kRepetition, kData.value + 4},
                                           .control = 0x00D00005};
  debugged.engine.breakpoints().add(code_breakpoint(kRepetition));
  debugged.run(kFill);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{kRepetition});
  CHECK(debugged.offsets(Kind::Exception) == Offsets{kRepetition, kRepetition});
  CHECK(debugged.test.process.how_ended()->exit_code == 0x12);
}

// Where breakpoints on the execution of a range halt.
Offsets executions_of(const Breakpoint& breakpoint) {
  DebuggedMachine debugged;
  debugged.engine.breakpoints().add(breakpoint);
  debugged.run(kCopy);
  CHECK(debugged.all(Kind::DataAccess).empty());
  CHECK(debugged.test.process.how_ended()->exit_code == 0x12);
  return debugged.offsets(Kind::Breakpoint);
}

TEST_CASE("a breakpoint on execution halts before the instruction, once each time") {
  CHECK(executions_of(data_breakpoint(On::Execute, kCode.value + 5, 1)) == Offsets{5});
  CHECK(executions_of(data_breakpoint(On::Execute, kCode.value + 6, 4)).empty());  // inside an instruction
  CHECK(executions_of(data_breakpoint(On::Execute, kCode.value + 6, 5)) == Offsets{0xA});
  CHECK(executions_of(data_breakpoint(On::Execute, kCode.value, 0x1000)) ==
        Offsets{0, 5, 0xA, 0xC, 0xE, 0x10, 0x15});
}

TEST_CASE("a breakpoint on execution by physical address halts before the instruction") {
  DebuggedMachine debugged;
  debugged.engine.request_break();
  debugged.answer_with([&](const Halt& halt) {
    if (halt.kind != Kind::Break) return Resume{};
    Breakpoint breakpoint = data_breakpoint(On::Execute, debugged.test.walk(kCode).physical().value + 5, 6);
    breakpoint.space = Breakpoint::Space::Physical;
    debugged.engine.breakpoints().add(breakpoint);
    return Resume{};
  });
  debugged.run(kCopy);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{5, 0xA});
  CHECK(debugged.test.process.how_ended()->exit_code == 0x12);
}

TEST_CASE("a loop of one instruction halts at each of its executions") {
  DebuggedMachine debugged;
  debugged.engine.breakpoints().add(data_breakpoint(On::Execute, kCode.value + 5, 2));
  // 0 mov ecx,3; 5 loop 5; 7 push 0x12; push -1; mov edx,esp; mov eax,NtTerminateProcess; int 0x2e
  debugged.run(
      {0xB9, 3, 0, 0, 0, 0xE2, 0xFE, 0x6A, 0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4, 0, 0, 0, 0xCD, 0x2E});
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{5, 5, 5});
}

TEST_CASE("a data breakpoint tells what was accessed") {
  DebuggedMachine debugged;
  const uint32_t number = debugged.engine.breakpoints().add(data_breakpoint(On::Access, kData.value, 0x1000));
  debugged.run(kCopy);
  const auto seen = debugged.all(Kind::DataAccess);
  REQUIRE(seen.size() == 2);
  for (const auto& one : seen) CHECK(one.halt.breakpoint == number);
  CHECK(seen[0].halt.access.address == kData + 4);
  CHECK(seen[0].halt.access.size == 4);
  CHECK((seen[0].halt.access.reads && !seen[0].halt.access.writes));
  CHECK(seen[0].halt.access.instruction == kCode);
  CHECK(seen[1].halt.access.address == kData + 8);
  CHECK((!seen[1].halt.access.reads && seen[1].halt.access.writes));
  CHECK(seen[1].halt.access.instruction == kCode + 5);
}

TEST_CASE("breakpoints that see the same access halt once, and each counts it") {
  DebuggedMachine debugged;
  for (const On on : {On::Write, On::Access, On::Write})
    debugged.engine.breakpoints().add(data_breakpoint(on, kData.value + 8, 4));
  debugged.engine.breakpoints().find(0)->passes = 2;
  debugged.run(kCopy);
  CHECK(debugged.offsets(Kind::DataAccess) == Offsets{kBehindWrite});
  CHECK(debugged.all(Kind::DataAccess)[0].halt.breakpoint == 1);  // the first that waits for no more passes
  for (const auto& [number, breakpoint] : debugged.engine.breakpoints().all()) CHECK(breakpoint.hits == 1);
}

// 0 cld; 1 mov esi,kData+4; 6 mov edi,kData+8; 0xB movsd; 0xC push 0x12; push -1; mov edx,esp;
// mov eax,NtTerminateProcess; int 0x2e
TEST_CASE("a breakpoint counts an instruction once, also when it sees two of its accesses") {
  DebuggedMachine debugged;
  debugged.engine.breakpoints().add(data_breakpoint(On::Access, kData.value, 0x10));
  debugged.run({0xFC, 0xBE, 4,    0,    0x42, 0,    0xBF, 8, 0, 0x42, 0,    0xA5, 0x6A,
                0x12, 0x6A, 0xFF, 0x89, 0xE2, 0xB8, 4,    0, 0, 0,    0xCD, 0x2E});
  CHECK(debugged.offsets(Kind::DataAccess) == Offsets{0xC});
  CHECK(debugged.engine.breakpoints().all().at(0).hits == 1);
}

TEST_CASE("a data breakpoint by physical address sees whoever maps the frame") {
  DebuggedMachine debugged;
  REQUIRE(debugged.test.memory->store<uint32_t>(kData, 1) == mm::NtStatus::Success);  // it has a frame now
  Breakpoint breakpoint = data_breakpoint(On::Write, debugged.test.walk(kData).physical().value + 8, 4);
  breakpoint.space = Breakpoint::Space::Physical;
  debugged.engine.breakpoints().add(breakpoint);
  debugged.run(kCopy);
  CHECK(debugged.offsets(Kind::DataAccess) == Offsets{kBehindWrite});
}

// mov eax,NtYieldExecution; int 0x2e; then the end.
constexpr std::initializer_list<int> kYield = {0xB8, 9,    0,    0,    0, 0xCD, 0x2E, 0x6A, 0x12, 0x6A,
                                               0xFF, 0x89, 0xE2, 0xB8, 4, 0,    0,    0,    0xCD, 0x2E};

TEST_CASE("a service halts before it begins, and again at its end when it is finished") {
  DebuggedMachine debugged([](const Halt& halt) {
    return Resume{.kind = halt.kind == Kind::Service ? Resume::Kind::Finish : Resume::Kind::Go};
  });
  debugged.engine.breakpoints().add(
      {.kind = Breakpoint::Kind::Service, .service = PagewalkService_NtYieldExecution});
  debugged.run(kYield);
  REQUIRE(debugged.all(Kind::Service).size() == 1);
  CHECK(debugged.all(Kind::Service)[0].halt.where == Halt::Where::Inside);
  CHECK(debugged.offsets(Kind::Service) == Offsets{7});
  REQUIRE(debugged.all(Kind::ServiceEnd).size() == 1);
  CHECK(debugged.all(Kind::ServiceEnd)[0].halt.result ==
        emu::test::eax_of(mm::NtStatus::NoYieldPerformed));  // nobody else is there
}

TEST_CASE("a fault halts before the memory manager acts, at each of its stages and at its end") {
  DebuggedMachine debugged([](const Halt& halt) {
    const bool inside = halt.kind == Kind::Fault || halt.kind == Kind::FaultStage;
    return Resume{.kind = inside ? Resume::Kind::NextStage : Resume::Kind::Go};
  });
  debugged.engine.breakpoints().add({.kind = Breakpoint::Kind::Fault,
                                     .address = kData.value,
                                     .size = 0x1000,
                                     .faults = FaultKinds::of(mm::FaultKind::DemandZero)});
  debugged.run(kCopy);
  REQUIRE(debugged.all(Kind::Fault).size() == 1);
  const auto fault = debugged.all(Kind::Fault)[0];
  CHECK(fault.eip == kCode.value);
  CHECK(fault.halt.where == Halt::Where::Inside);
  CHECK(fault.halt.fault.address == kData + 4);
  CHECK(fault.halt.fault.access == mm::Access::Read);
  CHECK(fault.halt.forecast.fault == mm::FaultKind::DemandZero);
  CHECK(debugged.all(Kind::FaultStage).size() >= 3);  // a rule was found, a frame taken, the PTE written
  REQUIRE(debugged.all(Kind::FaultEnd).size() == 1);
  CHECK(debugged.all(Kind::FaultEnd)[0].halt.outcome.kind == mm::FaultOutcome::Kind::Retry);
  CHECK(debugged.test.process.how_ended()->exit_code == 0x12);
}

TEST_CASE("a fault of another kind, or elsewhere, does not halt") {
  DebuggedMachine debugged;
  debugged.engine.breakpoints().add(
      {.kind = Breakpoint::Kind::Fault, .size = 0, .faults = FaultKinds::of(mm::FaultKind::PagingFile)});
  debugged.engine.breakpoints().add({.kind = Breakpoint::Kind::Fault,
                                     .address = kData.value + 0x1000,
                                     .size = 0x1000,
                                     .faults = FaultKinds::all()});
  debugged.run(kCopy);
  CHECK(debugged.all(Kind::Fault).empty());
}

TEST_CASE("a step out of the middle of a fault ends behind the instruction that faulted") {
  DebuggedMachine debugged([](const Halt& halt) {
    return Resume{.kind = halt.kind == Kind::Fault ? Resume::Kind::StepInto : Resume::Kind::Go};
  });
  debugged.engine.breakpoints().add(
      {.kind = Breakpoint::Kind::Fault, .address = kData.value, .size = 4096, .faults = FaultKinds::all()});
  debugged.run(kCopy);
  CHECK(debugged.offsets(Kind::Step) == Offsets{kBehindRead});
}

// ---- Threads.

TEST_CASE("a thread's beginning and its end halt when the filters say so") {
  DebuggedMachine debugged;
  debugged.engine.filters().set(EventName::ThreadBegin, Filter::Break);
  debugged.engine.filters().set(EventName::ThreadEnd, Filter::Break);
  const uint32_t id = second_thread(debugged, 7).id();
  // mov eax,NtYieldExecution; int 0x2e; push 7; push 0; mov edx,esp; mov eax,NtTerminateThread; int 0x2e
  CHECK(debugged.run({0xB8, 9,    0,    0,    0,    0xCD, 0x2E, 0x6A, 0x07, 0x6A,
                      0x00, 0x89, 0xE2, 0xB8, 0x35, 0,    0,    0,    0xCD, 0x2E}) ==
        Machine::RunEnd::ProcessesEnded);
  REQUIRE(debugged.all(Kind::ThreadBegin).size() == 1);
  CHECK(debugged.all(Kind::ThreadBegin)[0].thread == id);
  REQUIRE(debugged.all(Kind::ThreadEnd).size() == 1);  // the other end is the process's
  CHECK(debugged.all(Kind::ThreadEnd)[0].halt.exit_code == 7);
  CHECK(debugged.all(Kind::ProcessEnd).size() == 1);
}

TEST_CASE("a thread that was preempted halts at a breakpoint on its very next instruction") {
  DebuggedMachine debugged;
  const uint32_t spinning = second_thread(debugged, 0x12).id();
  // Ends when the first thread has spun for several quanta: by then the second one has had its turns.
  debugged.engine.breakpoints().add(
      {.kind = Breakpoint::Kind::Service, .service = PagewalkService_NtYieldExecution});
  debugged.answer_with([&](const Halt& halt) {
    if (halt.kind == Kind::Service) debugged.engine.breakpoints().add(code_breakpoint(0x12));
    return Resume{.kind = halt.kind == Kind::Breakpoint ? Resume::Kind::Quit : Resume::Kind::Go};
  });
  // 0 mov ecx,0x1000000; 5 dec ecx; 6 jnz 5; 8 mov eax,NtYieldExecution; 0xD int 0x2e; 0xF jmp 0xF; 0x12 jmp
  // 0x12
  CHECK(debugged.run({0xB9, 0, 0, 0,    1,    0x49, 0x75, 0xFD, 0xB8, 9,
                      0,    0, 0, 0xCD, 0x2E, 0xEB, 0xFE, 0x90, 0xEB, 0xFE}) == Machine::RunEnd::Quit);
  REQUIRE(debugged.all(Kind::Breakpoint).size() == 1);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{0x12});
  CHECK(debugged.all(Kind::Breakpoint)[0].thread == spinning);
}

TEST_CASE("a breakpoint of one thread does not halt another") {
  DebuggedMachine debugged([](const Halt&) { return Resume{}; });
  const uint32_t second = second_thread(debugged, 0).id();
  Breakpoint breakpoint = code_breakpoint(0);
  breakpoint.thread = second;
  debugged.engine.breakpoints().add(breakpoint);
  // push 7; push 0; mov edx,esp; mov eax,NtTerminateThread; int 0x2e
  debugged.run({0x6A, 0x07, 0x6A, 0x00, 0x89, 0xE2, 0xB8, 0x35, 0, 0, 0, 0xCD, 0x2E});
  REQUIRE(debugged.all(Kind::Breakpoint).size() == 1);
  CHECK(debugged.offsets(Kind::Breakpoint) == Offsets{0});
}

}  // namespace
}  // namespace emu::debugger::test
