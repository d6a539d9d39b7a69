#include "emulator/kernel/kernel.h"

#include <spdlog/spdlog.h>

#include <algorithm>
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
#include "emulator/kernel/processes/image_loader.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/services/system_calls.h"
#include "emulator/kernel/time/clock_reads.h"
#include "emulator/kernel/time/code_time.h"
#include "emulator/kernel/time/processor_times.h"
#include "emulator/kernel/time/shared_user_data.h"
#include "emulator/kernel/waits/waits.h"
#include "emulator/mmu/mmu.h"
#include "mm/memory_manager.h"

namespace emu {
namespace {

using mm::NtStatus;

// The kernel address of the processor's descriptor table.
constexpr mm::VirtualAddress kDescriptorTable{0x80000000};

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
      faults_(std::make_unique<FaultPath>(board, configuration.verification, listeners_->faults)),
      scheduler_(std::make_unique<Scheduler>()),
      waits_(std::make_unique<Waits>(*scheduler_, clock_)),
      pipe_waker_(std::make_unique<PipeWaker>(*waits_)),
      threads_(std::make_unique<Threads>(*objects_, *scheduler_, *waits_, clock_, listeners_->lives)),
      code_time_(std::make_unique<CodeTime>(cpu_, clock_, *scheduler_, *waits_)),
      times_(std::make_unique<ProcessorTimeAccount>(clock_, *code_time_)),
      debug_unit_(std::make_unique<DebugUnit>(cpu_, mmu_)) {}

Kernel::~Kernel() {
  listeners_->clear();  // what is taken down is nobody's business
  for (const auto& process : processes_)
    if (process->running()) threads_->end_all(*process, nullptr, 0);
  for (const auto& process : processes_)
    process->handles.close_all();  // a process may have a handle to itself
}

tl::expected<void, std::string> Kernel::start_memory() {
  auto memory = make_memory(board_.ram(), mmu_, configuration_);
  if (!memory) return tl::unexpected(memory.error());
  memory_ = std::move(*memory);
  listeners_->faults.attach(*memory_);
  system_quota_ = memory_->make_system_quota();
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
  system_calls_ = std::make_unique<SystemCalls>(*this);
  cpu_.set_interrupt_handler(system_calls_.get());
  cpu_.enter_user_mode({descriptor_table, kDescriptorTable});
  if (!configuration_.max_instructions) return;
  cpu_.count_instructions(CountInstructions::On);
  cpu_.set_instruction_limit(*configuration_.max_instructions);
}

PipeListener& Kernel::pipe_listener() { return *pipe_waker_; }

void Kernel::account_times() { times_->charge(current_); }

void Kernel::end_later(Thread& thread, const ProcessEnd& end) { thread.pending = end; }

void Kernel::end_later(Thread& thread, const ThreadEnd& end) { thread.pending = end; }

void Kernel::end_other_thread(Thread& thread, const ThreadEnd& end) { end_thread(thread, end); }

mm::Result<Process*> Kernel::create_process(std::string name) {
  if (running_processes() >= configuration_.max_processes) return mm::fail(NtStatus::QuotaExceeded);
  const auto quota = memory_->make_process_quota();
  const auto space = memory_->create_address_space(quota, randomizer_->process());
  if (!space) return mm::fail(space.error());
  const auto made =
      objects_->make_for<Process>(system_quota_, next_id(), std::move(name), **space, memory_->root(**space));
  if (!made) {
    memory_->delete_address_space(**space);
    return mm::fail(made.error());
  }
  const Ref<Process>& process = *made;
  process->pool_quota = quota;
  process->cookie = randomizer_->process_cookie();
  process->handles.charge_to(quota);
  const std::array<Ref<FileObject>, 3> standard = {
      objects_->make<ConsoleInput>(*console_),
      objects_->make<ConsoleOutput>(*console_, Console::Stream::Output),
      objects_->make<ConsoleOutput>(*console_, Console::Stream::Error),
  };
  process->times.began = clock_.system_time();
  for (const auto& object : standard)
    if (const auto handle = process->handles.open(object, access_right::kGenericAll); !handle) {
      process->handles.close_all();
      memory_->delete_address_space(**space);
      return mm::fail(handle.error());
    }
  return processes_.emplace_back(process).get();
}

void Kernel::discard_process(Process& process) {
  process.handles.close_all();
  memory_->delete_address_space(process.space());
  std::erase_if(processes_, [&](const auto& other) { return other.get() == &process; });
}

size_t Kernel::running_processes() const {
  return static_cast<size_t>(
      std::count_if(processes_.begin(), processes_.end(), [](const auto& p) { return p->running(); }));
}

void Kernel::set_priority_class(Process& process, PriorityClass priority_class) {
  process.priority_class = priority_class;
  threads_->for_each_of(process,
                        [&](Thread& thread) { scheduler_->class_changed(thread, clock_.since_boot()); });
}

void Kernel::image_loaded(Process& process, LoadedImage image) {
  process.images.push_back(std::move(image));
  listeners_->lives.tell(&LifeListener::on_image_load, process, process.images.back());
}

void Kernel::report_load_failure(const Process& process, const LoadFailure& failure) {
  listeners_->lives.tell(&LifeListener::on_load_failure, process, failure);
}

// The last thread takes its process along.
void Kernel::end_thread(Thread& thread, const ThreadEnd& end) {
  Process& process = thread.process();
  if (process.thread_count == 1) return end_process(process, {ProcessEnd::Kind::Exited, end.exit_code});
  if (current_ == &thread) put_aside();
  threads_->end(thread, end.exit_code);
}

void Kernel::end_process(Process& process, const ProcessEnd& end) {
  listeners_->lives.tell(&LifeListener::on_process_end, process, end);
  mm::AddressSpace& space = process.space();
  if (running_processes() == 1) final_statistics_ = memory_->statistics();
  process.end(end, memory_->statistics(space));
  if (loader_ != nullptr) loader_->process_ended(process);
  process.times.ended = clock_.system_time();
  if (current_ != nullptr && &current_->process() == &process) put_aside();
  if (current_process_ == &process) current_process_ = nullptr;
  threads_->end_all(process, nullptr, end.exit_code);
  process.handles.close_all();
  memory_->delete_address_space(space);
  waits_->signalled(process);
  if (configuration_.verification != Verification::Off) {
    memory_->verify();
    verify_references_due_ = true;  // when no service is under way that refers to something
  }
  spdlog::debug("process {} ({}) ended with {:#x}", process.id(), process.name(), end.exit_code);
}

// The kernel's own references: every process and thread that is known, and the reader of the list of them.
void Kernel::verify_references() const {
  struct Known final : ObjectManager::Roots {
    explicit Known(const Kernel& owner) : kernel(owner) {}
    void visit(ReferenceVisitor& visitor) const override {
      for (const auto& process : kernel.processes_) visitor.visit(*process);
      kernel.threads_->visit(visitor);
    }
    const Kernel& kernel;
  };
  std::vector<const HandleTable*> tables;
  for (const auto& process : processes_) tables.push_back(&process->handles);
  objects_->verify(tables, Known(*this));
}

size_t Kernel::peek(const Process& process, mm::VirtualAddress from, std::span<std::byte> to) const {
  return peek_user_memory(board_.ram(), process.root(), from, to);
}

mm::ProcessStatistics Kernel::statistics(const Process& process) const {
  return process.running() ? memory_->statistics(process.space()) : process.final_statistics();
}

mm::MemoryStatistics Kernel::statistics() const {
  return final_statistics_ ? *final_statistics_ : memory_->statistics();
}

}  // namespace emu
