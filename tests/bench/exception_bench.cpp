// An access violation's round trip: to a vectored handler of the guest, through the kernel, the user stack
// and ntdll, and back by NtContinue; against plain Unicorn, which stops with an error and is started again
// behind the instruction.
#include <benchmark/benchmark.h>
#include <unicorn/unicorn.h>

#include <array>
#include <string>

#include "tests/bench/guest_program.h"
#include "tests/bench/loops.h"

namespace bench {
namespace {

constexpr uint32_t kExceptions = 100'000;

// The process's start and end are in it: one part in a hundred.
void vectored_handler(benchmark::State& state) {
  run_programs(state, {{"exception_round_trips.exe", {std::to_string(kExceptions)}}});
  state.SetItemsProcessed(state.iterations() * kExceptions);
}

// mov ecx,kExceptions; loop: mov [eax],eax; dec ecx; jnz loop; int 0x20
constexpr std::array<uint8_t, 12> kFaultingLoop{0xb9, 0xa0, 0x86, 0x01, 0x00, 0x89,
                                                0x00, 0x49, 0x75, 0xfb, 0xcd, kEndVector};

void error_and_restart(benchmark::State& state) {
  static_assert(kExceptions == 0x186a0);
  uc_engine* uc = nullptr;
  must(uc_open(UC_ARCH_X86, UC_MODE_32, &uc) == UC_ERR_OK, "Unicorn does not open");
  uc_ctl_exits_enable(uc);
  uc_mem_map(uc, kCode, 0x10000, UC_PROT_ALL);
  uc_mem_write(uc, kCode, kFaultingLoop.data(), kFaultingLoop.size());
  const auto on_interrupt = +[](uc_engine* engine, uint32_t, void*) { uc_emu_stop(engine); };
  uc_hook hook;
  uc_hook_add(uc, &hook, UC_HOOK_INTR, reinterpret_cast<void*>(on_interrupt), nullptr, 1, 0);
  const uint32_t nowhere = 0x1000;
  uc_reg_write(uc, UC_X86_REG_EAX, &nowhere);
  for (auto _ : state) {
    uint64_t eip = kCode;
    while (uc_emu_start(uc, eip, 0, 0, 0) == UC_ERR_WRITE_UNMAPPED) {
      uc_reg_read(uc, UC_X86_REG_EIP, &eip);
      eip += 2;
    }
  }
  uc_close(uc);
  state.SetItemsProcessed(state.iterations() * kExceptions);
}

const bool kAdded = [] {
  const std::string title = "access violation to a vectored handler and back";
  benchmark::RegisterBenchmark((title + "/pagewalk").c_str(), vectored_handler)
      ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark((title + "/error and restart in plain Unicorn").c_str(), error_and_restart)
      ->Unit(benchmark::kMillisecond);
  return true;
}();

}  // namespace
}  // namespace bench
