// Page faults: demand-zero against plain Unicorn that maps pages in a hook, and against the host's own; hard
// faults against bare pread and pwrite of the same pages.
#include <benchmark/benchmark.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/bench/bare_memory.h"
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

// What a demand-zero fault finds of the frame that it takes: memory that the host has yet to give and to
// clear, memory that was cleared before, or memory that another page was in, which the fault clears.
enum class Frames : uint8_t { Fresh, Zeroed, Used };

constexpr uint32_t kPartPages = 4000;

// All its frames are the host's no more: each has been used.
std::unique_ptr<PagedGuest> used_guest() {
  GuestSize size;
  size.ram = mm::pages_for(80u << 20);
  auto guest = std::make_unique<PagedGuest>(std::move(size));
  for (int round = 0; round < 2; ++round) {
    guest->renew_data();
    guest->run(touch_pages_loop(), 16000);
  }
  return guest;
}

void demand_zero_of(benchmark::State& state, Frames frames) {
  std::unique_ptr<PagedGuest> guest = used_guest();
  for (auto _ : state) {
    state.PauseTiming();
    if (frames == Frames::Fresh) guest = std::make_unique<PagedGuest>();
    guest->renew_data();
    if (frames == Frames::Zeroed) guest->zero_free_frames();
    if (frames == Frames::Fresh)
      guest->run(touch_pages_loop(), 1);  // its code is translated, as the others' is
    state.ResumeTiming();
    guest->run(touch_pages_loop(), kPartPages);
  }
  state.SetItemsProcessed(state.iterations() * kPartPages);
}

void miss_of_present_page(benchmark::State& state) {
  const std::unique_ptr<PagedGuest> guest = used_guest();
  for (auto _ : state) {
    guest->forget_translations();
    guest->run(touch_pages_loop(), kPartPages);
  }
  state.SetItemsProcessed(state.iterations() * kPartPages);
}

// The same faults without a processor, their frames zeroed before.
void demand_zero_in_manager(benchmark::State& state) {
  constexpr uint32_t kReserveAndCommit = mm::allocation::kReserve | mm::allocation::kCommit;
  BareMemory memory(80u << 20);
  for (auto _ : state) {
    state.PauseTiming();
    memory.zero_free_frames();
    memory.allocate(kData, kPartPages * mm::kPageSize, kReserveAndCommit);
    state.ResumeTiming();
    for (uint32_t i = 0; i < kPartPages; ++i) memory.touch(kData + i * mm::kPageSize);
    state.PauseTiming();
    memory.release(kData, 0);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kPartPages);
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

// The same without a processor.
void hard_faults_in_manager(benchmark::State& state, Place place) {
  constexpr mm::PageCount kFile = mm::pages_for(128u << 20);
  BareMemory memory(16u << 20, storage(place), {kFile, kFile});
  memory.allocate(kData, kDataBytes, mm::allocation::kReserve | mm::allocation::kCommit);
  const auto touch_all = [&] {
    for (uint32_t i = 0; i < kHotPages; ++i) memory.touch(kData + i * mm::kPageSize);
  };
  touch_all();
  for (auto _ : state) touch_all();
  state.SetItemsProcessed(state.iterations() * kHotPages);
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

// The same from and to as much memory as our guest has, which no cache holds.
void bare_transfers_over_ram(benchmark::State& state) {
  constexpr uint32_t kFrames = kHotPages / 2;
  std::string name = scratch_folder() + "/bench-XXXXXX";
  const int file = mkstemp(name.data());
  unlink(name.c_str());
  std::vector<char> ram(size_t{kFrames} * 4096);
  const auto frame = [&](uint32_t i) { return ram.data() + size_t{i % kFrames} * 4096; };
  for (uint32_t i = 0; i < kHotPages; i += 16) (void)!pwrite(file, frame(i), 16 * 4096, off_t{i} * 4096);
  for (auto _ : state) {
    for (uint32_t i = 0; i < kHotPages; ++i) {
      (void)!pread(file, frame(i), 4096, off_t{i} * 4096);
      if (i % 16 == 15) (void)!pwrite(file, frame(i + 1), 16 * 4096, off_t{i - 15} * 4096);
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
BENCHMARK_CAPTURE(hard_faults_in_manager, memory, Place::Memory)
    ->Name("hard faults, paging file in memory/the memory manager's part");
BENCHMARK_CAPTURE(hard_faults, disk, Place::Disk)->Name("hard faults, paging file on disk/pagewalk");
BENCHMARK(bare_transfers)->Name("hard faults, paging file on disk/bare pread and pwrite");
BENCHMARK(bare_transfers_over_ram)->Name("hard faults, paging file on disk/pread and pwrite of cold memory");
BENCHMARK_CAPTURE(hard_faults_in_manager, disk, Place::Disk)
    ->Name("hard faults, paging file on disk/the memory manager's part");

constexpr const char* kFresh = "demand-zero fault, frame fresh from the host";
constexpr const char* kUsed = "demand-zero fault, frame zeroed in the fault";
constexpr const char* kZeroed = "demand-zero fault, frame zeroed before";
BENCHMARK_CAPTURE(demand_zero_of, fresh, Frames::Fresh)->Name(std::string(kFresh) + "/pagewalk");
BENCHMARK_CAPTURE(demand_zero_of, zeroed, Frames::Zeroed)->Name(std::string(kFresh) + "/frame zeroed before");
BENCHMARK_CAPTURE(demand_zero_of, used, Frames::Used)->Name(std::string(kUsed) + "/pagewalk");
BENCHMARK_CAPTURE(demand_zero_of, zeroed, Frames::Zeroed)->Name(std::string(kUsed) + "/frame zeroed before");
BENCHMARK_CAPTURE(demand_zero_of, zeroed, Frames::Zeroed)->Name(std::string(kZeroed) + "/pagewalk");
BENCHMARK(demand_zero_in_manager)->Name(std::string(kZeroed) + "/the memory manager's part");
BENCHMARK(miss_of_present_page)->Name(std::string(kZeroed) + "/a TLB miss of a page that is there");

}  // namespace
}  // namespace bench
