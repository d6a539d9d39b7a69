// A service's round trip, through the gate, the capture of its arguments and the table, against an INT that a
// hook of plain Unicorn does nothing with.
#include <benchmark/benchmark.h>
#include <unicorn/unicorn.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "emulator/kernel/files/console.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/user_thread.h"
#include "guest/abi/services.h"
#include "mm/memory_manager.h"
#include "tests/bench/loops.h"

namespace bench {
namespace {

constexpr uint32_t kCalls = 200'000;
constexpr uint8_t kGate = PAGEWALK_SERVICE_INTERRUPT;

// mov edi,kCalls; loop: mov eax,NUMBER; mov edx,esp; int 0x2e; dec edi; jnz loop
std::vector<uint8_t> calling_loop(uint8_t number) {
  static_assert(kCalls == 0x30d40);
  return {0xbf, 0x40, 0x0d, 0x03, 0x00, 0xb8, number, 0, 0, 0, 0x89, 0xe2, 0xcd, kGate, 0x4f, 0x75, 0xf4};
}

struct NoConsole final : emu::Console {
  mm::NtStatus write(Stream, std::span<const std::byte>) override { return mm::NtStatus::Success; }
  mm::Result<uint32_t> read(std::span<std::byte>) override { return 0u; }
};

void must(bool done) {
  if (done) return;
  std::fputs("benchmark: the machine could not be set up\n", stderr);
  std::exit(1);
}

// A process that makes the calls and ends.
void start_caller(emu::Machine& machine, uint8_t number, std::span<const uint32_t> arguments) {
  std::vector<uint8_t> code = calling_loop(number);
  // mov eax,NtTerminateProcess; push 0; push -1; mov edx,esp; int 0x2e
  code.insert(code.end(), {0xb8, uint8_t{PagewalkService_NtTerminateProcess}, 0, 0, 0, 0x6a, 0x00, 0x6a, 0xff,
                           0x89, 0xe2, 0xcd, kGate});
  emu::Process& process = **machine.kernel().create_process("caller");
  must(emu::create_peb_page(machine.kernel().memory(), process).has_value());
  must(machine.kernel()
           .memory()
           .allocate_virtual_memory(process.space(),
                                    {.base = {kCode}, .size = 4096, .type = 0x3000, .protect = 0x40})
           .has_value());
  emu::ProcessPages pages(machine.kernel().faults(), process, nullptr);
  emu::GuestMemory memory(machine.kernel().ram(), process.root(), pages);
  must(memory.write({kCode}, std::as_bytes(std::span(code))) == mm::NtStatus::Success);
  must(machine.kernel().user_threads().create(process, {}, {kCode}, arguments).has_value());
}

void service(benchmark::State& state, uint8_t number, const std::vector<uint32_t>& arguments) {
  for (auto _ : state) {
    state.PauseTiming();
    auto machine = emu::Machine::create({}, std::make_unique<NoConsole>());
    must(machine.has_value());
    start_caller(**machine, number, arguments);
    state.ResumeTiming();
    (*machine)->run();
    state.PauseTiming();
    machine->reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kCalls);
}

void empty_hook(benchmark::State& state) {
  uc_engine* uc = nullptr;
  must(uc_open(UC_ARCH_X86, UC_MODE_32, &uc) == UC_ERR_OK);
  uc_ctl_exits_enable(uc);
  uc_mem_map(uc, kCode, 0x10000, UC_PROT_ALL);
  std::vector<uint8_t> code = calling_loop(0);
  code.insert(code.end(), {0xcd, kEndVector});
  uc_mem_write(uc, kCode, code.data(), code.size());
  const auto on_interrupt = +[](uc_engine* engine, uint32_t vector, void*) {
    if (vector == kEndVector) uc_emu_stop(engine);
  };
  uc_hook hook;
  uc_hook_add(uc, &hook, UC_HOOK_INTR, reinterpret_cast<void*>(on_interrupt), nullptr, 1, 0);
  for (auto _ : state) uc_emu_start(uc, kCode, 0, 0, 0);
  uc_close(uc);
  state.SetItemsProcessed(state.iterations() * kCalls);
}

const bool kAdded = [] {
  const auto add = [](const char* name, uint8_t number, const std::vector<uint32_t>& arguments) {
    const std::string title = std::string("service round trip, ") + name;
    benchmark::RegisterBenchmark((title + "/pagewalk").c_str(), service, number, arguments);
    benchmark::RegisterBenchmark((title + "/INT with an empty hook in plain Unicorn").c_str(), empty_hook);
  };
  add("NtYieldExecution", PagewalkService_NtYieldExecution, {0});
  // Six words captured, one region looked up, 28 bytes written back (into the stack above the arguments).
  add("NtQueryVirtualMemory", PagewalkService_NtQueryVirtualMemory,
      {0xFFFFFFFF, kCode, 0, 0x002FFF00, 28, 0});
  return true;
}();

}  // namespace
}  // namespace bench
