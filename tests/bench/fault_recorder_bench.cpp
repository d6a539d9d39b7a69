// What recording the stories of faults costs: the memory manager's own part of a demand-zero fault, with and
// without the recorder.
#include <benchmark/benchmark.h>

#include "mm/inspect/fault_recorder.h"
#include "tests/bench/bare_memory.h"

namespace bench {
namespace {

constexpr uint32_t kBase = 0x10000000;
constexpr uint32_t kPages = 16000;

class Faults {
 public:
  // Every page faults again afterwards.
  void renew() {
    namespace allocation = mm::allocation;
    if (allocated_) memory_.release(kBase, 0);
    memory_.zero_free_frames();
    memory_.allocate(kBase, kPages * mm::kPageSize, allocation::kReserve | allocation::kCommit);
    allocated_ = true;
  }

  void touch_all(mm::FaultRecorder* recorder) {
    for (uint32_t i = 0; i < kPages; ++i) {
      const mm::Fault fault{{kBase + i * mm::kPageSize}, mm::Access::Write, mm::Mode::User};
      mm::MemoryManager& manager = memory_.manager();
      if (recorder != nullptr)
        recorder->begin(manager.state(), memory_.space(), {4, 8, {0x401000}, fault, i});
      const mm::FaultOutcome outcome = manager.fault(memory_.space(), fault, {0x401000});
      if (recorder != nullptr) recorder->end(outcome, i);
    }
  }
  void listen(mm::EventSink* sink) { memory_.manager().listen(sink); }

 private:
  BareMemory memory_;
  bool allocated_ = false;
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
