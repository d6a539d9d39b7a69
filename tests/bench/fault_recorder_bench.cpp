// What recording the stories of faults costs: the memory manager's own part of a demand-zero fault, with and
// without the recorder.
#include <benchmark/benchmark.h>

#include <vector>

#include "mm/inspect/fault_recorder.h"
#include "mm/memory_manager.h"
#include "mm/x86/protection.h"

namespace bench {
namespace {

constexpr uint32_t kBase = 0x10000000;
constexpr uint32_t kPages = 16000;

struct NoTlb final : mm::Tlb {
  void invalidate(mm::VirtualPageNumber, mm::PageFrameNumber) override {}
  void invalidate_all() override {}
  void discard_code(mm::PageFrameNumber) override {}
};

class Faults {
 public:
  Faults() : ram_(128u << 20) {
    manager_ = std::move(*mm::MemoryManager::create(mm::PhysicalMemory(ram_), tlb_, nullptr, {}));
    space_ = *manager_->create_address_space();
    manager_->make_current(*space_);
  }

  // Every page faults again afterwards.
  void renew() {
    namespace allocation = mm::allocation;
    (void)manager_->free_virtual_memory(*space_, {{kBase}, 0}, allocation::kRelease);
    for (int i = 0; i < 300; ++i) manager_->run_idle_work();
    (void)manager_->allocate_virtual_memory(*space_, {.base = {kBase},
                                                      .size = kPages * mm::kPageSize,
                                                      .type = allocation::kReserve | allocation::kCommit,
                                                      .protect = mm::x86::page::kReadWrite});
  }

  void touch_all(mm::FaultRecorder* recorder) {
    for (uint32_t i = 0; i < kPages; ++i) {
      const mm::Fault fault{{kBase + i * mm::kPageSize}, mm::Access::Write, mm::Mode::User};
      if (recorder != nullptr) recorder->begin(manager_->state(), *space_, {4, 8, {0x401000}, fault, i});
      const mm::FaultOutcome outcome = manager_->fault(*space_, fault, {0x401000});
      if (recorder != nullptr) recorder->end(outcome, i);
    }
  }
  void listen(mm::EventSink* sink) { manager_->listen(sink); }

 private:
  std::vector<std::byte> ram_;
  NoTlb tlb_;
  std::unique_ptr<mm::MemoryManager> manager_;
  mm::AddressSpace* space_ = nullptr;
};

void faults(benchmark::State& state, mm::FaultRecorder* recorder) {
  Faults faults;
  faults.listen(recorder);
  for (auto _ : state) {
    state.PauseTiming();
    faults.renew();
    state.ResumeTiming();
    faults.touch_all(recorder);
  }
  faults.listen(nullptr);
  state.SetItemsProcessed(state.iterations() * kPages);
}

void recorded(benchmark::State& state) {
  mm::FaultRecorder recorder;
  faults(state, &recorder);
}
void not_recorded(benchmark::State& state) { faults(state, nullptr); }

BENCHMARK(recorded)->Name("demand-zero faults in the memory manager, recorded/pagewalk");
BENCHMARK(not_recorded)->Name("demand-zero faults in the memory manager, recorded/not recorded");

}  // namespace
}  // namespace bench
