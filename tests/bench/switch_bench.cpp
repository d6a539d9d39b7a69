// Switching between two threads of a process, and between two processes (another CR3), that give up the
// processor to each other; against the host's own, which do the same on one processor.
#include <benchmark/benchmark.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>

#include "tests/bench/guest_program.h"

namespace bench {
namespace {

constexpr uint32_t kSwitches = 200'000;  // by two, half of them each

const std::string kEach = std::to_string(kSwitches / 2);

void guest_threads(benchmark::State& state) {
  run_programs(state, {{"switches.exe", {kEach}}});
  state.SetItemsProcessed(state.iterations() * kSwitches);
}

void guest_processes(benchmark::State& state) {
  const GuestProgram one{"switches.exe", {kEach, "process"}};
  run_programs(state, {one, one});
  state.SetItemsProcessed(state.iterations() * kSwitches);
}

// Both on one processor, as the guest's are; what was allowed before is allowed again at the end.
class OneProcessor {
 public:
  OneProcessor() {
    must(sched_getaffinity(0, sizeof before_, &before_) == 0, "no affinity");
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    must(sched_setaffinity(0, sizeof one, &one) == 0, "no affinity");
  }
  ~OneProcessor() { sched_setaffinity(0, sizeof before_, &before_); }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t before_;
};

void yield_often() {
  for (uint32_t i = 0; i < kSwitches / 2; ++i) sched_yield();
}

void host_threads(benchmark::State& state) {
  const OneProcessor one;
  for (auto _ : state) {
    std::thread other(yield_often);
    yield_often();
    other.join();
  }
  state.SetItemsProcessed(state.iterations() * kSwitches);
}

void host_processes(benchmark::State& state) {
  const OneProcessor one;
  for (auto _ : state) {
    const pid_t other = fork();
    must(other >= 0, "no child");
    yield_often();
    if (other == 0) _exit(0);
    waitpid(other, nullptr, 0);
  }
  state.SetItemsProcessed(state.iterations() * kSwitches);
}

const bool kAdded = [] {
  using benchmark::RegisterBenchmark;
  const auto add = [](const char* name, void (*run)(benchmark::State&)) {
    RegisterBenchmark(name, run)->Unit(benchmark::kMillisecond)->UseRealTime();
  };
  add("thread switch/pagewalk", guest_threads);
  add("thread switch/sched_yield of the host's threads", host_threads);
  add("process switch/pagewalk", guest_processes);
  add("process switch/sched_yield of the host's processes", host_processes);
  return true;
}();

}  // namespace
}  // namespace bench
