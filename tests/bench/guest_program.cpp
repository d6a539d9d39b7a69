#include "tests/bench/guest_program.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "emulator/kernel/files/console.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/loader/program_loader.h"

namespace bench {
namespace {

struct NoConsole final : emu::Console {
  mm::NtStatus write(Stream, std::span<const std::byte>) override { return mm::NtStatus::Success; }
  mm::Result<uint32_t> read(std::span<std::byte>) override { return 0u; }
};

}  // namespace

void must(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "benchmark: %s\n", what);
  std::exit(1);
}

std::string guest_folder() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (self.parent_path().parent_path() / "guest").string();
}

void run_programs(benchmark::State& state, const std::vector<GuestProgram>& programs) {
  const std::string folder = guest_folder();
  for (auto _ : state) {
    state.PauseTiming();
    auto machine = emu::Machine::create({}, std::make_unique<NoConsole>());
    must(machine.has_value(), "the machine could not be set up");
    emu::ProgramLoader loader((*machine)->kernel(), folder);
    for (const GuestProgram& program : programs)
      must(loader.start(folder + "/" + program.name, program.arguments).has_value(),
           "the guest program could not be started");
    state.ResumeTiming();
    (*machine)->run();
    state.PauseTiming();
    for (const auto& process : (*machine)->kernel().processes().all())
      must(process->how_ended() && process->how_ended()->exit_code == 0, "the guest program failed");
    machine->reset();
    state.ResumeTiming();
  }
}

}  // namespace bench
