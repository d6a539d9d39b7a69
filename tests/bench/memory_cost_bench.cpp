// What must not grow with the size of a region, of RAM or of the paging file: each against the same for the
// smallest one.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "mm/pagefile/paging_file.h"
#include "mm/process/machine_state.h"
#include "tests/bench/bare_memory.h"
#include "tests/bench/guest_program.h"

namespace bench {
namespace {

namespace allocation = mm::allocation;

constexpr uint32_t kMegabyte = 1u << 20;
constexpr uint32_t kBase = 0x10000000;
constexpr uint32_t kReserveAndCommit = allocation::kReserve | allocation::kCommit;

// Every page has an entry of its own.
void query_committed(benchmark::State& state, uint32_t bytes) {
  BareMemory memory;
  memory.allocate(kBase, bytes, allocation::kReserve);
  memory.allocate(kBase, bytes, allocation::kCommit);
  for (auto _ : state)
    benchmark::DoNotOptimize(memory.manager().query_virtual_memory(memory.space(), {kBase}));
}

void query_reserved(benchmark::State& state, uint32_t bytes) {
  BareMemory memory;
  memory.allocate(kBase, bytes, allocation::kReserve);
  for (auto _ : state)
    benchmark::DoNotOptimize(memory.manager().query_virtual_memory(memory.space(), {kBase}));
}

constexpr uint32_t kSplits = 100;

// One page after another out of the middle, everything else of the region behind it.
void split(benchmark::State& state, uint32_t bytes) {
  BareMemory memory;
  for (auto _ : state) {
    state.PauseTiming();
    memory.allocate(kBase, bytes, allocation::kReserve);
    state.ResumeTiming();
    for (uint32_t i = 0; i < kSplits; ++i) memory.release(kBase + (4 * i + 1) * mm::kPageSize, mm::kPageSize);
    state.PauseTiming();
    for (uint32_t i = 0; i < kSplits; ++i) {
      const uint32_t begin = i == 0 ? kBase : kBase + (4 * i - 2) * mm::kPageSize;
      memory.release(begin, 0);
    }
    memory.release(kBase + (4 * kSplits - 2) * mm::kPageSize, 0);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kSplits);
}

void reserve_and_release(benchmark::State& state, uint32_t bytes) {
  BareMemory memory;
  for (auto _ : state) {
    memory.allocate(kBase, bytes, allocation::kReserve);
    memory.release(kBase, 0);
  }
}

std::string scratch_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr ? folder : "/tmp";
}

constexpr uint32_t kGrowths = 2000;

void grow_paging_file(benchmark::State& state, const char* folder) {
  const std::vector<std::byte> page(mm::kPageSize);
  mm::OutgoingPage outgoing{page.data(), {}};
  for (auto _ : state) {
    state.PauseTiming();
    auto storage = mm::open_paging_file(folder != nullptr ? folder : scratch_folder());
    must(storage.has_value(), "no paging file");
    auto file = mm::PagingFile::create(std::move(*storage), {4096}, {100'000});
    must(file.has_value() && file->write({&outgoing, 1}).has_value(), "no paging file");
    state.ResumeTiming();
    for (uint32_t i = 0; i < kGrowths; ++i) must(file->grow({1}) == mm::PageCount{1}, "no room");
    state.PauseTiming();
    file = mm::PagingFile();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kGrowths);
}

// As many bytes, given to a file in one piece.
void allocate_at_once(benchmark::State& state, const char* folder) {
  for (auto _ : state) {
    state.PauseTiming();
    std::string name = (folder != nullptr ? folder : scratch_folder()) + "/bench-XXXXXX";
    const int file = mkstemp(name.data());
    must(file >= 0, "no scratch file");
    unlink(name.c_str());
    state.ResumeTiming();
    must(posix_fallocate(file, 0, off_t{kGrowths} * mm::kPageSize) == 0, "no room");
    state.PauseTiming();
    close(file);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kGrowths);
}

void machine_statistics(benchmark::State& state, uint32_t ram) {
  BareMemory memory(ram);
  for (auto _ : state) benchmark::DoNotOptimize(memory.manager().statistics());
}

constexpr uint32_t kStatusCalls = 20'000;

void memory_status(benchmark::State& state, uint32_t regions) {
  run_programs(state, {{"memory_status.exe", {std::to_string(kStatusCalls), std::to_string(regions)}}});
  state.SetItemsProcessed(state.iterations() * kStatusCalls);
}

// Takes no write.
struct FullDisk final : mm::PagingFileStorage {
  mm::NtStatus resize(mm::PageCount) override { return mm::NtStatus::Success; }
  mm::NtStatus read(uint32_t, std::span<std::byte* const>) override { return mm::NtStatus::DiskFull; }
  mm::NtStatus write(uint32_t, std::span<const std::byte* const>) override { return mm::NtStatus::DiskFull; }
  mm::Result<std::unique_ptr<mm::PagingFileStorage>> make_another() const override {
    return std::make_unique<FullDisk>();
  }
};

// Whether a page of new content may still be had, while the disk is full and RAM is too.
void look_for_spare_frame(benchmark::State& state, uint32_t ram) {
  const mm::PageCount pages = mm::pages_for(ram);
  BareMemory memory(ram, std::make_unique<FullDisk>(), {pages, pages});
  memory.allocate(kBase, ram + kMegabyte, kReserveAndCommit);
  int refused = 0;  // the second time, what was kept for the handler of the first is gone as well
  for (uint32_t at = kBase; refused < 2; at += mm::kPageSize)
    if (memory.touch(at) != mm::FaultOutcome::retry()) ++refused;
  for (auto _ : state) benchmark::DoNotOptimize(memory.manager().state().frames.spare());
}

BENCHMARK_CAPTURE(query_committed, large, 64 * kMegabyte)
    ->Name("query of a region, 64 MB of committed pages/pagewalk");
BENCHMARK_CAPTURE(query_committed, small, 4096)->Name("query of a region, 64 MB of committed pages/one page");
BENCHMARK_CAPTURE(query_reserved, large, 1536 * kMegabyte)
    ->Name("query of a region, 1.5 GB reserved/pagewalk");
BENCHMARK_CAPTURE(query_reserved, small, 4096)->Name("query of a region, 1.5 GB reserved/one page");
BENCHMARK_CAPTURE(split, large, 1536 * kMegabyte)->Name("release inside a region, 1.5 GB behind it/pagewalk");
BENCHMARK_CAPTURE(split, small, 2 * kMegabyte)
    ->Name("release inside a region, 1.5 GB behind it/2 MB behind it");
BENCHMARK_CAPTURE(reserve_and_release, large, 16 * kMegabyte)->Name("reserve and release, 16 MB/pagewalk");
BENCHMARK_CAPTURE(reserve_and_release, small, 4096)->Name("reserve and release, 16 MB/one page");
BENCHMARK_CAPTURE(grow_paging_file, disk, nullptr)
    ->Name("paging file growing by one page, on disk/pagewalk")
    ->UseRealTime();
BENCHMARK_CAPTURE(allocate_at_once, disk, nullptr)
    ->Name("paging file growing by one page, on disk/in one piece")
    ->UseRealTime();
BENCHMARK_CAPTURE(grow_paging_file, tmpfs, "/dev/shm")
    ->Name("paging file growing by one page, on tmpfs/pagewalk")
    ->UseRealTime();
BENCHMARK_CAPTURE(allocate_at_once, tmpfs, "/dev/shm")
    ->Name("paging file growing by one page, on tmpfs/in one piece")
    ->UseRealTime();
BENCHMARK_CAPTURE(machine_statistics, large, 1024 * kMegabyte)
    ->Name("counters of a machine, 1 GB of RAM/pagewalk");
BENCHMARK_CAPTURE(machine_statistics, small, 2 * kMegabyte)->Name("counters of a machine, 1 GB of RAM/2 MB");
BENCHMARK_CAPTURE(memory_status, many, 5000)
    ->Name("GlobalMemoryStatusEx, 5,000 regions/pagewalk")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(memory_status, few, 1)
    ->Name("GlobalMemoryStatusEx, 5,000 regions/as it starts")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(look_for_spare_frame, large, 128 * kMegabyte)
    ->Name("frames to spare while writes fail, 128 MB of RAM/pagewalk");
BENCHMARK_CAPTURE(look_for_spare_frame, small, 4 * kMegabyte)
    ->Name("frames to spare while writes fail, 128 MB of RAM/4 MB");

}  // namespace
}  // namespace bench
