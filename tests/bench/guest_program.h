// Guest programs as benchmarks run them: in a machine of their own, without a console.
#pragma once

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace bench {

struct GuestProgram {
  std::string name;  // of the .exe in guest/ beside the folder of this executable
  std::vector<std::string> arguments;
};

// Ends the benchmarks with a message when `done` is false.
void must(bool done, const char* what);

std::string guest_folder();

// One iteration: all of them, together, from their first instruction to their end, which has to be a good
// one.
void run_programs(benchmark::State& state, const std::vector<GuestProgram>& programs);

}  // namespace bench
