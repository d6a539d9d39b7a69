// Guest instructions per second: paged through CR3, against plain Unicorn with one flat mapping.
#include <benchmark/benchmark.h>

#include <string>

#include "tests/bench/flat_guest.h"
#include "tests/bench/paged_guest.h"

namespace bench {
namespace {

constexpr uint32_t kRounds = 4'000'000;

template <class Guest>
void run_loop(benchmark::State& state, Guest& guest, const Loop& loop, uint32_t rounds) {
  guest.run(loop, rounds);  // faults, translations
  for (auto _ : state) guest.run(loop, rounds);
  state.SetItemsProcessed(state.iterations() * int64_t{rounds} * loop.instructions);
}

void paged(benchmark::State& state, const Loop& loop, uint32_t rounds) {
  PagedGuest guest;
  run_loop(state, guest, loop, rounds);
}

void flat(benchmark::State& state, const Loop& loop, uint32_t rounds, DataMapping data) {
  FlatGuest guest(data);
  run_loop(state, guest, loop, rounds);
}

// NAME/side: table.py pairs the sides of a name.
void add(const std::string& name, const Loop& loop, uint32_t rounds) {
  benchmark::RegisterBenchmark((name + "/pagewalk").c_str(), paged, loop, rounds)
      ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark((name + "/flat Unicorn").c_str(), flat, loop, rounds, DataMapping::ReadWrite)
      ->Unit(benchmark::kMillisecond);
}

const bool kAdded = [] {
  add("instructions, register loop", register_loop(), kRounds);
  add("instructions, load-store loop", load_store_loop(), kRounds);
  benchmark::RegisterBenchmark("instructions, load-store loop/flat Unicorn, all executable", flat,
                               load_store_loop(), kRounds / 8, DataMapping::ReadWriteExecute)
      ->Unit(benchmark::kMillisecond);
  for (uint32_t megabytes : {1u, 4u, 16u, 64u}) {
    add("instructions, random access over " + std::to_string(megabytes) + " MB",
        random_access_loop(megabytes << 20), kRounds / 2);
  }
  return true;
}();

}  // namespace
}  // namespace bench
