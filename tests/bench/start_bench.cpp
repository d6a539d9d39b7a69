// From the command to its exit: a guest program that prints a line, against a program that maps the same RAM
// into plain Unicorn and runs one instruction (empty_unicorn.cpp); and the same program run from a warm
// machine, as `pagewalk test` repeats it, against the command.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "emulator/regression/scratch_folder.h"
#include "emulator/regression/warm_machine.h"
#include "tests/bench/guest_program.h"

extern char** environ;

namespace bench {
namespace {

std::string build_folder() { return std::filesystem::path(guest_folder()).parent_path().string(); }

void run_command(benchmark::State& state, std::vector<std::string> words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  for (auto _ : state) {
    pid_t child = 0;
    int status = -1;
    must(posix_spawn(&child, arguments[0], &quiet, nullptr, arguments.data(), environ) == 0, "no child");
    must(waitpid(child, &status, 0) == child && status == 0, "the command failed");
  }
  posix_spawn_file_actions_destroy(&quiet);
}

void hello(benchmark::State& state) {
  run_command(state, {build_folder() + "/pagewalk", "run", guest_folder() + "/hello.exe"});
}

void empty_unicorn(benchmark::State& state) {
  run_command(state, {build_folder() + "/tests/pagewalk_bench_empty"});
}

void warm_hello(benchmark::State& state) {
  const emu::ScratchFolder folder;
  const std::vector<std::string> command = {build_folder() + "/pagewalk", "run",
                                            guest_folder() + "/hello.exe"};
  const auto machine = emu::WarmMachine::start({command, "/dev/null", std::chrono::minutes(1)});
  must(machine != nullptr, "no warm machine");
  const emu::WarmRequest request{"/dev/null", folder.path() / "statistics", std::chrono::minutes(1)};
  for (auto _ : state) {
    const emu::ChildResult result = machine->run(request);
    must(result.end == emu::ChildResult::End::Exited && result.code == 0, "the run failed");
  }
}

const bool kAdded = [] {
  using benchmark::RegisterBenchmark;
  const auto add = [](const char* name, void (*run)(benchmark::State&)) {
    RegisterBenchmark(name, run)->Unit(benchmark::kMillisecond)->UseRealTime();
  };
  add("hello world, from command to exit/pagewalk", hello);
  add("hello world, from command to exit/an empty Unicorn program", empty_unicorn);
  add("hello world, from a warm machine/pagewalk", warm_hello);
  add("hello world, from a warm machine/from command to exit", hello);
  return true;
}();

}  // namespace
}  // namespace bench
