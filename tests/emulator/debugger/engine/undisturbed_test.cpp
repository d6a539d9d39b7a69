// A guest that is held ends as one that never was: output, exit code, time, statistics, and every byte of
// RAM.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <functional>

#include "emulator/board/clock.h"
#include "emulator/cli/run_statistics.h"
#include "emulator/debugger/engine/engine.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/loader/program_loader.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu::debugger {
namespace {

using Kind = Halt::Kind;

std::string guest_folder() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "guest").string();
}

// FNV-1a over words.
uint64_t hash(std::span<const std::byte> bytes) {
  uint64_t value = 0xCBF29CE484222325;
  for (size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    value = (value ^ word) * 0x100000001B3;
  }
  return value;
}

struct Outcome {
  std::string output, error, statistics;
  std::vector<uint32_t> exit_codes;
  Duration time{};
  uint64_t ram = 0;
  size_t halts = 0;  // not compared
};

// Prepares the engine, and answers it.
struct Drive {
  std::function<void(Engine&)> prepare;
  std::function<Resume(Engine&, const Halt&)> answer;
};

class Holder final : public FrontEnd {
 public:
  explicit Holder(const Drive& drive) : drive_(drive) {}
  Resume on_halt(Engine& engine, const Halt& halt) override {
    ++halts;
    return drive_.answer(engine, halt);
  }
  size_t halts = 0;

 private:
  const Drive& drive_;
};

Outcome outcome_of(const Machine& machine, const emu::test::RecordingConsole::Record& console, Clock& clock) {
  Outcome outcome{
      console.output, console.error, {}, {}, clock.since_boot(), hash(machine.kernel().ram().bytes())};
  RunStatistics statistics{machine.kernel().statistics(), {}};
  for (const auto& process : machine.kernel().processes().all()) {
    outcome.exit_codes.push_back(process->how_ended()->exit_code);
    statistics.processes.push_back({process->name(), process->id(), process->how_ended()->exit_code,
                                    machine.kernel().statistics(*process)});
  }
  outcome.statistics = statistics_json(statistics);
  return outcome;
}

MachineConfiguration tight_machine() {
  MachineConfiguration configuration;
  configuration.ram = mm::pages_for(1 << 20);  // it pages all the time
  configuration.pagefile_size = configuration.pagefile_maximum = mm::pages_for(32 << 20);
  return configuration;
}

struct Program {
  std::string name;
  std::vector<std::string> arguments;
};

// Without a drive: without a debugger.
Outcome outcome_of(const Program& program, const Drive* drive) {
  emu::test::RecordingConsole::Record console;
  const auto machine =
      *Machine::create(tight_machine(), std::make_unique<emu::test::RecordingConsole>(console));
  std::optional<Holder> holder;
  std::optional<Engine> engine;
  if (drive != nullptr) {
    holder.emplace(*drive);
    engine.emplace(machine->kernel(), *holder);
    drive->prepare(*engine);
  }
  ProgramLoader loader(machine->kernel(), guest_folder());
  REQUIRE(loader.start(guest_folder() + "/" + program.name, program.arguments));
  REQUIRE((engine ? engine->run() : machine->run()) == Machine::RunEnd::ProcessesEnded);
  Outcome outcome = outcome_of(*machine, console, machine->kernel().clock());
  outcome.halts = holder ? holder->halts : 0;
  return outcome;
}

// ---- Ways of being held.

Resume go(Engine&, const Halt&) { return {}; }

const Drive kWatched{[](Engine&) {}, go};

// One instruction after the other, whatever thread it is of.
const Drive kStepped{[](Engine&) {},
                     [](Engine&, const Halt& halt) {
                       const bool ended = halt.kind == Kind::ProcessEnd || halt.kind == Kind::GuestEnd;
                       return Resume{.kind = ended ? Resume::Kind::Go : Resume::Kind::StepInto};
                     }};

void halt_everywhere(Engine& engine) {
  for (size_t event = 0; event < kEventNames; ++event)
    engine.filters().set(static_cast<EventName>(event), Filter::Break);
  engine.filters().set_other_exceptions(Filter::Break);
  engine.breakpoints().add({.kind = Breakpoint::Kind::Service});
  engine.breakpoints().add({.kind = Breakpoint::Kind::Fault, .size = 0, .faults = FaultKinds::all()});
}

const Drive kHaltedEverywhere{halt_everywhere, [](Engine&, const Halt& halt) {
                                switch (halt.kind) {
                                  case Kind::Fault:
                                  case Kind::FaultStage: return Resume{.kind = Resume::Kind::NextStage};
                                  case Kind::Service: return Resume{.kind = Resume::Kind::Finish};
                                  default: return Resume{};
                                }
                              }};

// Frozen as a whole at every halt, until nothing can run.
const Drive kFrozen{halt_everywhere, [](Engine& engine, const Halt& halt) {
                      for (const auto& [id, thread] : engine.kernel().threads().all())
                        halt.kind == Kind::Standstill ? engine.thaw(*thread) : engine.freeze(*thread);
                      return Resume{};
                    }};

void check_undisturbed(const Program& program, const Drive& drive, size_t least_halts) {
  CAPTURE(program.name);
  const Outcome free = outcome_of(program, nullptr);
  const Outcome held = outcome_of(program, &drive);
  CHECK(held.output == free.output);
  CHECK(held.error == free.error);
  CHECK(held.statistics == free.statistics);
  CHECK(held.exit_codes == free.exit_codes);
  CHECK(held.time == free.time);
  CHECK(held.ram == free.ram);
  CHECK(held.halts >= least_halts);
  CHECK_FALSE(free.exit_codes.empty());
}

const Program kPressure{"pressure.exe", {"1"}};
const Program kDebuggee{"debuggee.exe", {}};  // threads and a child
const Program kExceptions{"try_except.exe", {}};
const Program kSpinning{"spinning.exe", {"20"}};
const Program kBreakpoints{"hardware_breakpoints.exe", {}};  // its own

TEST_CASE("a guest under an engine that sets nothing is undisturbed") {
  check_undisturbed(kDebuggee, kWatched, 2);
  check_undisturbed(kPressure, kWatched, 2);
  check_undisturbed(kExceptions, kWatched, 2);
  check_undisturbed(kSpinning, kWatched, 2);
  check_undisturbed(kBreakpoints, kWatched, 2);
}

TEST_CASE("a guest that is halted at every event, service and stage of a fault is undisturbed") {
  check_undisturbed(kDebuggee, kHaltedEverywhere, 1000);
  check_undisturbed(kExceptions, kHaltedEverywhere, 1000);
  check_undisturbed(kBreakpoints, kHaltedEverywhere, 1000);
}

TEST_CASE("a guest whose threads are frozen and thawed at every halt is undisturbed") {
  check_undisturbed(kPressure, kFrozen, 1000);
  check_undisturbed(kExceptions, kFrozen, 200);
}

TEST_CASE("a guest that is stepped from its first instruction to its last is undisturbed") {
  check_undisturbed(kDebuggee, kStepped, 10'000);
  check_undisturbed(kSpinning, kStepped, 10'000);
}

}  // namespace
}  // namespace emu::debugger
