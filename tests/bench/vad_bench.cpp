// The VAD tree against std::map, which finds a VAD as fast and cannot find room: allocate, look up and
// release among N allocations.
#include <benchmark/benchmark.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "mm/vad/vad_tree.h"

namespace bench {
namespace {

constexpr uint32_t kPagesPerGranule = 16;
constexpr mm::PageRange kBounds{mm::VirtualPageNumber(16), mm::VirtualPageNumber(0xFFFF0)};

mm::PageRange granule(uint32_t index) {
  const mm::VirtualPageNumber begin((index + 1) * kPagesPerGranule);
  // With more allocations than granules, several share one, as page-sized ones.
  return {begin, begin + mm::PageCount{4}};
}

std::unique_ptr<mm::Vad> vad(mm::PageRange range) {
  return std::make_unique<mm::Vad>(range, mm::x86::protection::kReadWrite, mm::VadBacking::Reserved);
}

// N allocations two granules apart, or as close as 4 GB allows.
std::vector<mm::PageRange> places(uint32_t count) {
  std::vector<mm::PageRange> ranges;
  for (uint32_t i = 0; i < count; ++i) {
    if (count <= 30000) {
      ranges.push_back(granule(2 * i));
    } else {
      const mm::VirtualPageNumber begin(16 + i * 8);
      ranges.push_back({begin, begin + mm::PageCount{4}});
    }
  }
  return ranges;
}

void vad_tree(benchmark::State& state) {
  mm::VadTree tree;
  const auto ranges = places(static_cast<uint32_t>(state.range(0)));
  for (const auto& range : ranges) tree.insert(vad(range));
  std::mt19937 random(1);
  for (auto _ : state) {
    const auto& range = ranges[random() % ranges.size()];
    tree.remove(*tree.find(range.begin));
    benchmark::DoNotOptimize(tree.find_room(mm::PageCount{4}, kBounds, mm::Search::LowestFirst));
    benchmark::DoNotOptimize(tree.find(ranges[random() % ranges.size()].begin));
    tree.insert(vad(range));
  }
}

void standard_map(benchmark::State& state) {
  std::map<uint32_t, std::unique_ptr<mm::Vad>> map;
  const auto ranges = places(static_cast<uint32_t>(state.range(0)));
  for (const auto& range : ranges) map.emplace(range.begin.value(), vad(range));
  std::mt19937 random(1);
  for (auto _ : state) {
    const auto& range = ranges[random() % ranges.size()];
    map.erase(range.begin.value());
    benchmark::DoNotOptimize(map.upper_bound(ranges[random() % ranges.size()].begin.value()));
    map.emplace(range.begin.value(), vad(range));
  }
}

const bool kAdded = [] {
  for (const auto& [count, text] :
       {std::pair{10, "10"}, {1000, "1,000"}, {30000, "30,000"}, {100000, "100,000"}}) {
    const std::string name = std::string("VAD release, find room, find, allocate; ") + text + " allocations";
    benchmark::RegisterBenchmark((name + "/pagewalk").c_str(), vad_tree)->Arg(count)->Iterations(200000);
    benchmark::RegisterBenchmark((name + "/std::map").c_str(), standard_map)->Arg(count)->Iterations(200000);
  }
  return true;
}();

}  // namespace
}  // namespace bench

BENCHMARK_MAIN();
