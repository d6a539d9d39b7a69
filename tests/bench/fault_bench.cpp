// Page faults: demand-zero against plain Unicorn that maps pages in a hook, and against the host's own; hard
// faults against bare pread and pwrite of the same pages.
#include <benchmark/benchmark.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/bench/flat_guest.h"
#include "tests/bench/paged_guest.h"

namespace bench {
namespace {

constexpr const char* kDemandZero = "demand-zero faults";

void demand_zero(benchmark::State& state, uint32_t pages) {
  PagedGuest guest;
  for (auto _ : state) {
    state.PauseTiming();
    guest.renew_data();
    state.ResumeTiming();
    guest.run(touch_pages_loop(), pages);
  }
  state.SetItemsProcessed(state.iterations() * pages);
}

void demand_zero_hooked(benchmark::State& state, uint32_t pages) {
  for (auto _ : state) {
    state.PauseTiming();
    auto guest = std::make_unique<HookedGuest>();
    guest->run(touch_pages_loop(), 1);
    state.ResumeTiming();
    guest->run(touch_pages_loop(), pages);
    state.PauseTiming();
    guest.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * pages);
}

void demand_zero_host(benchmark::State& state, uint32_t pages) {
  const size_t bytes = size_t{pages} * 4096;
  for (auto _ : state) {
    state.PauseTiming();
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    state.ResumeTiming();
    for (size_t at = 0; at < bytes; at += 4096) static_cast<volatile char*>(memory)[at] = 1;
    state.PauseTiming();
    munmap(memory, bytes);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * pages);
}

enum class Place : uint8_t { Memory, Disk };

std::string scratch_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr ? folder : "/tmp";
}

std::unique_ptr<mm::PagingFileStorage> storage(Place place) {
  if (place == Place::Memory) return mm::paging_file_in_memory();
  auto opened = mm::open_paging_file(scratch_folder());
  if (!opened) std::exit(1);
  return std::move(*opened);
}

constexpr uint32_t kHotPages = 8192;  // twice what fits

// Writes to all pages in turn, so that under LRU each fault reads one page and writes another.
void hard_faults(benchmark::State& state, Place place) {
  PagedGuest guest(
      {.ram = mm::pages_for(16u << 20), .pagefile = mm::pages_for(128u << 20), .storage = storage(place)});
  guest.run(touch_pages_loop(), kHotPages);
  const uint64_t before = guest.statistics().faults.hard;
  for (auto _ : state) guest.run(touch_pages_loop(), kHotPages);
  state.SetItemsProcessed(static_cast<int64_t>(guest.statistics().faults.hard - before));
}

// The same transfers alone: one page read for each page, and one cluster of 16 written for each 16.
void bare_transfers(benchmark::State& state) {
  std::string name = scratch_folder() + "/bench-XXXXXX";
  const int file = mkstemp(name.data());
  unlink(name.c_str());
  std::vector<char> pages(16 * 4096);
  for (uint32_t i = 0; i < kHotPages / 16; ++i)
    (void)!pwrite(file, pages.data(), pages.size(), off_t{i} * 65536);
  for (auto _ : state) {
    for (uint32_t i = 0; i < kHotPages; ++i) {
      (void)!pread(file, pages.data(), 4096, off_t{i} * 4096);
      if (i % 16 == 15) (void)!pwrite(file, pages.data(), pages.size(), off_t{i / 16} * 65536);
    }
  }
  close(file);
  state.SetItemsProcessed(state.iterations() * kHotPages);
}

BENCHMARK_CAPTURE(demand_zero, pages, 4000)->Name(std::string(kDemandZero) + ", 4,000 pages/pagewalk");
BENCHMARK_CAPTURE(demand_zero_hooked, pages, 4000)
    ->Name(std::string(kDemandZero) + ", 4,000 pages/Unicorn mapping in a hook")
    ->Iterations(1);
BENCHMARK_CAPTURE(demand_zero_hooked, pages, 500)
    ->Name(std::string(kDemandZero) + ", 500 pages/Unicorn mapping in a hook")
    ->Iterations(2);
BENCHMARK_CAPTURE(demand_zero, pages, 500)->Name(std::string(kDemandZero) + ", 500 pages/pagewalk");
BENCHMARK_CAPTURE(demand_zero, pages, 16000)->Name(std::string(kDemandZero) + ", 16,000 pages/pagewalk");
BENCHMARK_CAPTURE(demand_zero_host, pages, 16000)
    ->Name(std::string(kDemandZero) + ", 16,000 pages/the host's own");
BENCHMARK_CAPTURE(hard_faults, memory, Place::Memory)->Name("hard faults, paging file in memory/pagewalk");
BENCHMARK(bare_transfers)->Name("hard faults, paging file in memory/bare pread and pwrite");
BENCHMARK_CAPTURE(hard_faults, disk, Place::Disk)->Name("hard faults, paging file on disk/pagewalk");
BENCHMARK(bare_transfers)->Name("hard faults, paging file on disk/bare pread and pwrite");

}  // namespace
}  // namespace bench
