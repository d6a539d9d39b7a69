// Page replacement against LRU, the yardstick that no real system can build: an offline simulation over the
// very reference string that the guest made.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <list>
#include <unordered_map>

#include "emulator/kernel/files/console.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/loader/program_loader.h"
#include "emulator/mmu/mmu.h"

namespace emu {
namespace {

// As many frames as there is RAM, all of them for the guest's pages.
class LruSimulation final : public ReferenceRecorder {
 public:
  explicit LruSimulation(mm::PageCount frames) : frames_(frames.value) {}

  void on_reference(mm::VirtualPageNumber page, mm::Access) override {
    ++references_;
    const auto [entry, first_time] = places_.try_emplace(page.value(), recency_.end());
    if (entry->second != recency_.end()) {
      recency_.splice(recency_.begin(), recency_, entry->second);
      return;
    }
    if (!first_time) ++reads_;
    if (recency_.size() == frames_) {
      places_[recency_.back()] = recency_.end();
      recency_.pop_back();
    }
    recency_.push_front(page.value());
    entry->second = recency_.begin();
  }

  uint64_t references() const { return references_; }
  uint64_t reads() const { return reads_; }

 private:
  size_t frames_;
  uint64_t references_ = 0, reads_ = 0;
  std::list<uint32_t> recency_;  // pages in memory, the most recent first
  std::unordered_map<uint32_t, std::list<uint32_t>::iterator> places_;
};

struct Silent final : Console {
  mm::NtStatus write(Stream, std::span<const std::byte>) override { return mm::NtStatus::Success; }
  mm::Result<uint32_t> read(std::span<std::byte>) override { return 0u; }
};

std::string guest_folder() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "guest").string();
}

struct Outcome {
  uint64_t references, lru_reads, reads;
};

Outcome sort_under_pressure(uint32_t ram_megabytes, const std::string& data_megabytes) {
  MachineConfiguration configuration;
  configuration.ram = mm::pages_for(uint64_t{ram_megabytes} << 20);
  configuration.pagefile_size = configuration.pagefile_maximum = mm::pages_for(uint64_t{256} << 20);
  auto machine = Machine::create(configuration, std::make_unique<Silent>());
  REQUIRE(machine);
  LruSimulation lru(configuration.ram);
  (*machine)->board().mmu().reference_recorders().add(lru);
  ProgramLoader loader((*machine)->kernel(), guest_folder());
  const std::string arguments[] = {data_megabytes};
  const auto process = loader.start(guest_folder() + "/pressure.exe", arguments);
  REQUIRE(process);
  REQUIRE((*machine)->run() == Machine::RunEnd::ProcessesEnded);
  REQUIRE((*process)->how_ended()->exit_code == 0);
  return {lru.references(), lru.reads(), (*machine)->kernel().statistics().pagefile.reads.value};
}

void judge(const Outcome& outcome) {
  INFO(outcome.references << " references; LRU reads " << outcome.lru_reads << ", we read " << outcome.reads);
  CHECK(outcome.lru_reads > 0);
  CHECK(outcome.reads <= 2 * outcome.lru_reads);
}

TEST_CASE("Sorting four times what fits reads at most twice what LRU would", "[kernel]") {
  judge(sort_under_pressure(1, "4"));
}

TEST_CASE("The demonstration, 64 MB in 16 MB, reads at most twice what LRU would", "[.slow][kernel]") {
  judge(sort_under_pressure(16, "64"));
}

}  // namespace
}  // namespace emu
