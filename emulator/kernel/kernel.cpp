#include "emulator/kernel/kernel.h"

#include <array>
#include <utility>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/exceptions/debug_unit.h"
#include "emulator/kernel/files/console.h"
#include "emulator/kernel/files/devices.h"
#include "emulator/kernel/files/pipe_waker.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/memory/memory_start.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/address_randomizer.h"
#include "emulator/kernel/processes/client_ids.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/processes/thread_contexts.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/processes/user_thread.h"
#include "emulator/kernel/services/system_calls.h"
#include "emulator/kernel/time/clock_reads.h"
#include "emulator/kernel/time/code_time.h"
#include "emulator/kernel/time/cost.h"
#include "emulator/kernel/time/processor_times.h"
#include "emulator/kernel/time/shared_user_data.h"
#include "emulator/kernel/waits/waits.h"
#include "emulator/mmu/mmu.h"
#include "mm/base/check.h"
#include "mm/memory_manager.h"

namespace emu {
namespace {

using mm::NtStatus;

// The kernel address of the processor's descriptor table.
constexpr mm::VirtualAddress kDescriptorTable{0x80000000};

// A device that takes time is waited for; what is left to the processor is what a soft fault costs.
Duration hard_fault_cost(const KernelConfiguration& configuration) {
  return configuration.pagefile_device == mm::DeviceKind::None ? cost::kHardRead : cost::kSoftFault;
}

}  // namespace

tl::expected<std::unique_ptr<Kernel>, std::string> Kernel::create(Board& board,
                                                                  const KernelConfiguration& configuration,
                                                                  std::unique_ptr<Console> console) {
  std::unique_ptr<Kernel> kernel(new Kernel(board, configuration, std::move(console)));
  if (auto started = kernel->start_memory(); !started) return tl::unexpected(started.error());
  return kernel;
}

Kernel::Kernel(Board& board, const KernelConfiguration& configuration, std::unique_ptr<Console> console)
    : board_(board),
      cpu_(board.cpu()),
      mmu_(board.mmu()),
      clock_(board.clock()),
      configuration_(configuration),
      console_(std::move(console)),
      randomizer_(std::make_unique<AddressRandomizer>(configuration.aslr_seed)),
      volume_(std::make_unique<Volume>(clock_)),
      objects_(std::make_unique<ObjectManager>()),
      listeners_(std::make_unique<Listeners>()),
      faults_(std::make_unique<FaultPath>(board, configuration.verification, hard_fault_cost(configuration),
                                          listeners_->faults)),
      scheduler_(std::make_unique<Scheduler>()),
      waits_(std::make_unique<Waits>(*scheduler_, clock_)),
      pipe_waker_(std::make_unique<PipeWaker>(*waits_)),
      client_ids_(std::make_unique<ClientIds>()),
      threads_(std::make_unique<Threads>(*objects_, *scheduler_, *waits_, clock_, listeners_->lives)),
      contexts_(std::make_unique<ThreadContexts>(cpu_)),
      code_time_(std::make_unique<CodeTime>(cpu_, clock_, *scheduler_, *waits_)),
      times_(std::make_unique<ProcessorTimeAccount>(clock_, *code_time_)),
      debug_unit_(std::make_unique<DebugUnit>(cpu_, mmu_)),
      processes_(std::make_unique<Processes>(
          Processes::Surroundings{clock_, *randomizer_, *client_ids_, *objects_, *scheduler_, *waits_,
                                  *threads_, *this, listeners_->lives},
          Processes::Limits{configuration.max_processes, configuration.verification})) {}

Kernel::~Kernel() {
  listeners_->clear();  // what is taken down is nobody's business
  processes_->take_down();
}

tl::expected<void, std::string> Kernel::start_memory() {
  auto memory = make_memory(board_.ram(), mmu_, clock_, configuration_);
  if (!memory) return tl::unexpected(memory.error());
  memory_ = std::move(*memory);
  listeners_->faults.attach(*memory_);
  processes_->attach(*memory_);
  const auto descriptor_table = memory_->map_system_page(kDescriptorTable.page());
  if (!descriptor_table) return tl::unexpected(memory_complaint(descriptor_table.error(), configuration_));
  start_processor(*descriptor_table);
  return {};
}

tl::expected<void, std::string> Kernel::after_fork() {
  const NtStatus status = memory_->after_fork();
  if (!mm::succeeded(status)) return tl::unexpected(memory_complaint(status, configuration_));
  return {};
}

void Kernel::start_processor(mm::PageFrameNumber descriptor_table) {
  shared_user_data_ = std::make_unique<SharedUserData>(board_.ram().frame(memory_->shared_user_data()),
                                                       board_.ram().frames());
  shared_user_data_->update(clock_);
  clock_reads_ = std::make_unique<ClockReads>(clock_, *code_time_, *shared_user_data_);
  mmu_.observe_reads(mm::kSharedUserData.page(), *clock_reads_);
  faults_->attach(*memory_);
  board_.connect(*faults_);
  threads_->attach(*memory_);
  user_threads_ = std::make_unique<UserThreads>(
      UserThreads::Surroundings{*memory_, *faults_, board_.ram(), *randomizer_, *client_ids_, *threads_});
  system_calls_ = std::make_unique<SystemCalls>(*this);
  cpu_.set_interrupt_handler(system_calls_.get());
  cpu_.enter_user_mode({descriptor_table, kDescriptorTable});
  if (!configuration_.max_instructions) return;
  cpu_.count_instructions(CountInstructions::On);
  cpu_.set_instruction_limit(*configuration_.max_instructions);
}

void Kernel::set_controller(Controller& controller) {
  MM_CHECK(controller_ == nullptr, "a second controller: a machine has one, others stand before it");
  controller_ = &controller;
}

Controller* Kernel::stand_before_controller(Controller& controller) {
  return std::exchange(controller_, &controller);
}

PipeListener& Kernel::pipe_listener() { return *pipe_waker_; }

mm::Result<Process*> Kernel::create_process(std::string name) {
  const auto process = processes_->create(std::move(name));
  if (!process) return process;
  const std::array<Ref<FileObject>, 3> standard = {
      objects_->make<ConsoleInput>(*console_),
      objects_->make<ConsoleOutput>(*console_, Console::Stream::Output),
      objects_->make<ConsoleOutput>(*console_, Console::Stream::Error),
  };
  for (const auto& object : standard)
    if (const auto handle = (*process)->handles.open(object, access_right::kGenericAll); !handle) {
      processes_->discard(**process);
      return mm::fail(handle.error());
    }
  return process;
}

size_t Kernel::peek(const Process& process, mm::VirtualAddress from, std::span<std::byte> to) const {
  return peek_user_memory(board_.ram(), process.root(), from, to);
}

mm::ProcessStatistics Kernel::statistics(const Process& process) const {
  return processes_->statistics(process);
}

mm::MemoryStatistics Kernel::statistics() const { return processes_->statistics(); }

}  // namespace emu
