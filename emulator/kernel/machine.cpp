#include "emulator/kernel/machine.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>

#include "emulator/kernel/exceptions/exception_dispatch.h"
#include "emulator/kernel/exceptions/processor_exception.h"
#include "emulator/kernel/files/devices.h"
#include "emulator/kernel/memory/memory_start.h"
#include "emulator/kernel/processes/user_entry.h"
#include "emulator/kernel/registers/context.h"
#include "emulator/kernel/services/system_calls.h"

namespace emu {
namespace {

using mm::NtStatus;

// The loader continues a thread where the kernel would have begun it (user_entry.h).
bool begins(const Thread& thread) {
  const mm::VirtualAddress start = thread.process().ntdll.thread_start;
  return start.value != 0 && thread.registers.eip == start.value;
}

// The kernel address of the processor's descriptor table.
constexpr mm::VirtualAddress kDescriptorTable{0x80000000};

}  // namespace

tl::expected<std::unique_ptr<Machine>, std::string> Machine::create(const MachineConfiguration& configuration,
                                                                    std::unique_ptr<Console> console) {
  auto ram = GuestRam::map(configuration.ram);
  if (!ram) return tl::unexpected(ram.error());
  if (!Cpu::host_has_room()) return tl::unexpected(std::string("the host has no memory for translated code"));
  std::unique_ptr<Machine> machine(new Machine(configuration, std::move(*ram), std::move(console)));
  if (auto started = machine->start_memory(); !started) return tl::unexpected(started.error());
  return machine;
}

Machine::Machine(const MachineConfiguration& configuration, GuestRam ram, std::unique_ptr<Console> console)
    : configuration_(configuration),
      ram_(std::move(ram)),
      console_(std::move(console)),
      clock_(configuration.clock),
      randomizer_(configuration.aslr_seed),
      volume_(clock_),
      faults_(clock_, configuration.verification, listeners_.faults),
      waits_(scheduler_, clock_),
      pipe_waker_(waits_),
      threads_(objects_, scheduler_, waits_, clock_, listeners_.lives),
      code_time_(clock_, scheduler_, waits_),
      times_(clock_, code_time_),
      mmu_(std::make_unique<Mmu>(ram_.memory(), faults_)),
      cpu_(std::make_unique<Cpu>(ram_.memory(), *mmu_)),
      debug_unit_(*cpu_, *mmu_) {}

Machine::~Machine() {
  listeners_.clear();  // what is taken down is nobody's business
  for (const auto& process : processes_)
    if (process->running()) threads_.end_all(*process, nullptr, 0);
  for (const auto& process : processes_)
    process->handles.close_all();  // a process may have a handle to itself
}

tl::expected<void, std::string> Machine::start_memory() {
  auto memory = make_memory(ram_.memory(), *mmu_, configuration_);
  if (!memory) return tl::unexpected(memory.error());
  memory_ = std::move(*memory);
  listeners_.faults.attach(*memory_);
  system_quota_ = memory_->make_system_quota();
  const auto descriptor_table = memory_->map_system_page(kDescriptorTable.page());
  if (!descriptor_table) return tl::unexpected(memory_complaint(descriptor_table.error(), configuration_));
  start_processor(*descriptor_table);
  return {};
}

tl::expected<void, std::string> Machine::after_fork() {
  const NtStatus status = memory_->after_fork();
  if (!mm::succeeded(status)) return tl::unexpected(memory_complaint(status, configuration_));
  return {};
}

void Machine::start_processor(mm::PageFrameNumber descriptor_table) {
  shared_user_data_.emplace(ram_.memory().frame(memory_->shared_user_data()), configuration_.ram);
  shared_user_data_->update(clock_);
  clock_reads_.emplace(clock_, code_time_, *shared_user_data_);
  mmu_->observe_reads(mm::kSharedUserData.page(), *clock_reads_);
  faults_.attach(*memory_, ram_.memory(), *cpu_, *mmu_);
  threads_.attach(*memory_);
  code_time_.attach(*cpu_);
  system_calls_ = std::make_unique<SystemCalls>(*this);
  cpu_->set_interrupt_handler(system_calls_.get());
  cpu_->enter_user_mode({descriptor_table, kDescriptorTable});
  if (!configuration_.max_instructions) return;
  cpu_->count_instructions(CountInstructions::On);
  cpu_->set_instruction_limit(*configuration_.max_instructions);
}

void Machine::discard_process(Process& process) {
  process.handles.close_all();
  memory_->delete_address_space(process.space());
  std::erase_if(processes_, [&](const auto& other) { return other.get() == &process; });
}

size_t Machine::running_processes() const {
  return static_cast<size_t>(
      std::count_if(processes_.begin(), processes_.end(), [](const auto& p) { return p->running(); }));
}

mm::Result<Process*> Machine::create_process(std::string name) {
  if (running_processes() >= configuration_.max_processes) return mm::fail(NtStatus::QuotaExceeded);
  const auto quota = memory_->make_process_quota();
  const auto space = memory_->create_address_space(quota, randomizer_.process());
  if (!space) return mm::fail(space.error());
  const auto made = objects_.make_for<Process>(system_quota_, next_id(), std::move(name), **space,
                                               memory_->directory(**space));
  if (!made) {
    memory_->delete_address_space(**space);
    return mm::fail(made.error());
  }
  const Ref<Process>& process = *made;
  process->pool_quota = quota;
  process->cookie = randomizer_.process_cookie();
  process->handles.charge_to(quota);
  const std::array<Ref<FileObject>, 3> standard = {
      objects_.make<ConsoleInput>(*console_),
      objects_.make<ConsoleOutput>(*console_, Console::Stream::Output),
      objects_.make<ConsoleOutput>(*console_, Console::Stream::Error),
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

Machine::RunEnd Machine::run() {
  const RunEnd end = run_on();
  if (configuration_.verification != Verification::Off) memory_->verify();
  return end;
}

Machine::RunEnd Machine::run_on() {
  for (;;) {
    Thread* thread = next_thread();
    if (thread == nullptr) {
      if (!any_running()) return RunEnd::ProcessesEnded;
      const auto next = at_standstill();
      if (next == Controller::Standstill::LookAgain) continue;
      return next == Controller::Standstill::Quit ? RunEnd::Quit : RunEnd::Stuck;
    }
    switch_to(*thread);
    if (has_user_entry(*thread) && !enter_user_code(*thread)) continue;
    code_time_.prepare();
    const auto stop = run_processor(*thread);
    code_time_.charge();
    if (!stop) return RunEnd::Quit;
    if (stop->reason == StopReason::InstructionLimit) return RunEnd::InstructionLimit;
    settle(*thread, *stop);
    if (current_ != nullptr && !current_->runnable()) put_aside();
  }
}

// What the controller or a breakpoint holds the processor for is over when it runs on: nothing else happens
// there, so that threads take turns where they would have without it.
std::optional<Stop> Machine::run_processor(Thread& thread) {
  for (;;) {
    auto pace = Controller::Pace::Free;
    if (controller_ != nullptr) pace = controller_->before_run(thread);
    if (pace == Controller::Pace::Quit) return std::nullopt;
    if (thread.ended() || pace == Controller::Pace::NotNow) return Stop{StopReason::Requested};
    const bool free = pace == Controller::Pace::Free;
    const Stop stop = debug_unit_.run(thread, free ? DebugUnit::Pace::Free : DebugUnit::Pace::OneInstruction);
    if (controller_ != nullptr) controller_->after_run(thread, stop);
    if (!is_for_controller(stop.reason)) return stop;
    const bool trapped = thread.debug_registers.due != 0;  // a trap comes before others take their turn
    if (!trapped && cpu_->code_byte_limit_reached()) return Stop{StopReason::CodeByteLimit};
  }
}

Thread* Machine::next_thread() {
  threads_.sweep();
  if (std::exchange(verify_references_due_, false)) verify_references();
  do {
    waits_.time_passed();
    if (code_time_.quantum_over()) {
      scheduler_.quantum_ended(clock_.since_boot());
      code_time_.new_quantum();
    }
    if (Thread* thread = scheduler_.next(); thread != nullptr) return thread;
  } while (idle());
  return nullptr;
}

Controller::Standstill Machine::at_standstill() {
  return controller_ != nullptr ? controller_->on_standstill() : Controller::Standstill::ForEver;
}

// Nobody can run: time passes until somebody can.
bool Machine::idle() {
  const auto deadline = waits_.next_deadline();
  if (!deadline) return false;
  memory_->run_idle_work();
  clock_.wait_until(*deadline);
  shared_user_data_->update(clock_);
  return true;
}

bool Machine::any_running() const {
  return std::any_of(processes_.begin(), processes_.end(), [](const auto& p) { return p->running(); });
}

void Machine::save_current() {
  if (current_ == nullptr) return;
  current_->registers = cpu_->registers();
  current_->floating_state = cpu_->floating_state();
}

void Machine::put_aside() {
  account_times();
  save_current();
  current_ = nullptr;
  faults_.set_current(nullptr);
}

void Machine::load(Thread& thread) {
  cpu_->set_registers(thread.registers);
  cpu_->set_floating_state(thread.floating_state);
}

void Machine::switch_to(Thread& thread) {
  if (current_ == &thread) return;
  account_times();
  save_current();
  if (current_process_ != &thread.process()) {
    current_process_ = &thread.process();
    mmu_->set_address_space(thread.process().directory());
    memory_->make_current(thread.process().space());
  }
  cpu_->set_teb(thread.teb());
  load(thread);
  current_ = &thread;
  faults_.set_current(&thread);
  code_time_.new_quantum();
}

// An APC, or a thread's first steps. Without a stack for it the process ends.
bool Machine::enter_user_code(Thread& thread) {
  save_current();
  ProcessPages pages(faults_, thread.process(), &thread);
  GuestMemory memory(ram(), thread.process().directory(), pages);
  const NtStatus status = make_user_entry(memory, thread);
  if (status == NtStatus::Success) {
    load(thread);
    return true;
  }
  const Exception exception{static_cast<uint32_t>(status), 0, {thread.registers.eip}, 0, {}};
  listeners_.lives.tell(&LifeListener::on_unhandled_exception, thread, exception);
  end_process(thread.process(), {ProcessEnd::Kind::UnhandledException, exception.code});
  return false;
}

void Machine::settle(Thread& thread, const Stop& stop) {
  switch (stop.reason) {
    case StopReason::Interrupt:
      if (stop.vector == SystemCalls::kVector) return settle_pending(thread);
      return settle_interrupt(thread, stop.vector);
    case StopReason::Exception: return settle_exception(thread, stop.vector);
    case StopReason::FaultRefused: return settle_refused_fault(thread);
    case StopReason::CodeByteLimit: return code_time_.limit_reached();
    case StopReason::Stepped:
    case StopReason::Breakpoint:
    case StopReason::Requested:
    case StopReason::InstructionLimit: return;
  }
}

void Machine::settle_pending(Thread& thread) {
  const auto pending = std::exchange(thread.pending, std::monostate{});
  if (const auto* exception = std::get_if<Exception>(&pending)) {
    cpu_->set_floating_state(thread.floating_state);
    dispatch(thread, *exception);
  }
  if (const auto* end = std::get_if<ProcessEnd>(&pending)) end_process(thread.process(), *end);
  if (const auto* end = std::get_if<ThreadEnd>(&pending)) end_thread(thread, *end);
  if (const auto* change = std::get_if<Thread::ContextChange>(&pending)) {
    cpu_->set_registers(thread.registers);
    if (change->floating == Thread::ContextChange::Floating::Changed)
      cpu_->set_floating_state(thread.floating_state);
    if (begins(thread)) listeners_.lives.tell(&LifeListener::on_thread_start, thread);
  }
}

// Of faults EFLAGS.RF is saved as 1, so that the instruction is made again without its breakpoint; of traps
// it is what it is (Intel SDM volume 3, 17.3.1.1).
void Machine::settle_interrupt(Thread& thread, uint8_t vector) {
  const Exception exception = exception_of_interrupt(vector, cpu_->registers());
  if (exception.protection) thread.debug_registers.resumes = true;
  deliver(thread, exception, exception.address);
}

void Machine::settle_exception(Thread& thread, uint8_t vector) {
  if (vector == vector::kDebug)
    thread.debug_registers.raise();
  else
    thread.debug_registers.resumes = true;
  deliver(thread, exception_of_processor(vector, *cpu_, thread.process().directory()),
          {cpu_->get(Register::Eip)});
}

void Machine::settle_refused_fault(Thread& thread) {
  const RefusedFault& refused = mmu_->refused_fault();
  if (refused.outcome.kind == mm::FaultOutcome::Kind::Wait) {
    waits_.wait_for_page(thread, clock_.since_boot() + cost::kHardRead);
  } else {
    thread.debug_registers.resumes = true;
    deliver(thread, exception_of_fault(refused.fault, refused.outcome, refused.instruction),
            refused.instruction);
  }
}

size_t Machine::peek(const Process& process, mm::VirtualAddress from, std::span<std::byte> to) const {
  return peek_user_memory(ram_.memory(), process.directory(), from, to);
}

void Machine::get_context(Thread& thread, abi::Context& context) {
  if (&thread == current_) save_current();
  capture_context(context, thread.registers, thread.floating_state, thread.debug_registers);
}

void Machine::set_context(Thread& thread, const abi::Context& context) {
  if (&thread == current_) save_what_stays(thread, context);
  if (&thread != current_ && names(context, PAGEWALK_CONTEXT_CONTROL)) Waits::context_replaced(thread);
  apply_context(context, thread.registers, thread.floating_state, thread.debug_registers);
}

// The current thread's state, as far as `context` does not replace it: reading all of it takes its time.
void Machine::save_what_stays(Thread& thread, const abi::Context& context) {
  using Floating = Thread::ContextChange::Floating;
  constexpr uint32_t kRegisters =
      PAGEWALK_CONTEXT_CONTROL | PAGEWALK_CONTEXT_INTEGER | PAGEWALK_CONTEXT_SEGMENTS;
  if (!names(context, kRegisters)) thread.registers = cpu_->registers();
  thread.registers.eax = static_cast<uint32_t>(NtStatus::Success);  // of the service that does this
  const bool floating = names_floating(context);
  if (floating && !names(context, PAGEWALK_CONTEXT_EXTENDED_REGISTERS))
    thread.floating_state = cpu_->floating_state();
  thread.pending = Thread::ContextChange{floating ? Floating::Changed : Floating::Kept};
}

void Machine::raise_later(Thread& thread, const Exception& exception, const abi::Context& context) {
  if (!names_floating(context)) thread.floating_state = cpu_->floating_state();
  set_context(thread, context);
  thread.pending = exception;
}

// Of the current thread, by the processor, with EIP as its handlers are to see it.
void Machine::deliver(Thread& thread, const Exception& exception, mm::VirtualAddress eip) {
  save_current();
  if (exception.protection)
    thread.protection_fault = exception.address;
  else if (thread.protection_fault == exception.address)
    thread.protection_fault.reset();
  thread.registers.eip = eip.value;
  dispatch(thread, exception);
}

// Of the current thread, whose registers are saved.
void Machine::dispatch(Thread& thread, const Exception& exception) {
  clock_.charge(cost::kException);
  spdlog::debug("thread {}: exception {:#010x} at {:#010x}", thread.id(), exception.code,
                exception.address.value);
  if (controller_ != nullptr &&
      controller_->on_exception(thread, exception) == Controller::Disposition::Swallow)
    return go_on_after(thread, exception);
  if (exception.chance == Exception::Chance::First && offer(thread, exception))
    cpu_->set_registers(thread.registers);
  else
    end_unhandled(thread, exception);
}

// Nobody hears of it: an execution breakpoint that was met is passed.
void Machine::go_on_after(Thread& thread, const Exception& exception) {
  DebugRegisters& debug = thread.debug_registers;
  if (exception.status() == NtStatus::SingleStep &&
      (debug_unit_.met_at(thread.registers.eip) & debug.status) != 0)
    debug.resumes = true;
  load(thread);
}

// Whether the thread will run the guest's handlers next.
bool Machine::offer(Thread& thread, const Exception& exception) {
  const mm::VirtualAddress dispatcher = thread.process().ntdll.exception_dispatcher;
  if (dispatcher.value == 0) return false;
  ProcessPages pages(faults_, thread.process(), &thread);
  GuestMemory memory(ram(), thread.process().directory(), pages);
  thread.stack_status = enter_exception_dispatcher(memory, exception, dispatcher, thread.registers,
                                                   thread.floating_state, thread.debug_registers);
  return thread.stack_status == NtStatus::Success;
}

// As on Windows, the process ends with the exception's code.
void Machine::end_unhandled(Thread& thread, const Exception& exception) {
  if (controller_ != nullptr && exception.chance == Exception::Chance::First) {
    Exception second = exception;
    second.chance = Exception::Chance::Second;
    if (controller_->on_exception(thread, second) == Controller::Disposition::Swallow)
      return go_on_after(thread, exception);
  }
  listeners_.lives.tell(&LifeListener::on_unhandled_exception, thread, exception);
  end_process(thread.process(), {ProcessEnd::Kind::UnhandledException, exception.code});
}

void Machine::set_priority_class(Process& process, PriorityClass priority_class) {
  process.priority_class = priority_class;
  threads_.for_each_of(process,
                       [&](Thread& thread) { scheduler_.class_changed(thread, clock_.since_boot()); });
}

void Machine::image_loaded(Process& process, LoadedImage image) {
  process.images.push_back(std::move(image));
  listeners_.lives.tell(&LifeListener::on_image_load, process, process.images.back());
}

void Machine::report_load_failure(const Process& process, const LoadFailure& failure) {
  listeners_.lives.tell(&LifeListener::on_load_failure, process, failure);
}

// The last thread takes its process along.
void Machine::end_thread(Thread& thread, const ThreadEnd& end) {
  Process& process = thread.process();
  if (process.thread_count == 1) return end_process(process, {ProcessEnd::Kind::Exited, end.exit_code});
  if (current_ == &thread) put_aside();
  threads_.end(thread, end.exit_code);
}

void Machine::end_process(Process& process, const ProcessEnd& end) {
  listeners_.lives.tell(&LifeListener::on_process_end, process, end);
  mm::AddressSpace& space = process.space();
  if (running_processes() == 1) final_statistics_ = memory_->statistics();
  process.end(end, memory_->statistics(space));
  if (loader_ != nullptr) loader_->process_ended(process);
  process.times.ended = clock_.system_time();
  if (current_ != nullptr && &current_->process() == &process) put_aside();
  if (current_process_ == &process) current_process_ = nullptr;
  threads_.end_all(process, nullptr, end.exit_code);
  process.handles.close_all();
  memory_->delete_address_space(space);
  waits_.signalled(process);
  if (configuration_.verification != Verification::Off) {
    memory_->verify();
    verify_references_due_ = true;  // when no service is under way that refers to something
  }
  spdlog::debug("process {} ({}) ended with {:#x}", process.id(), process.name(), end.exit_code);
}

// The kernel's own references: every process and thread that is known, and the reader of the list of them.
void Machine::verify_references() const {
  struct Known final : ObjectManager::Roots {
    explicit Known(const Machine& machine) : machine(machine) {}
    void visit(ReferenceVisitor& visitor) const override {
      for (const auto& process : machine.processes_) visitor.visit(*process);
      machine.threads_.visit(visitor);
    }
    const Machine& machine;
  };
  std::vector<const HandleTable*> tables;
  for (const auto& process : processes_) tables.push_back(&process->handles);
  objects_.verify(tables, Known(*this));
}

mm::ProcessStatistics Machine::statistics(const Process& process) const {
  return process.running() ? memory_->statistics(process.space()) : process.final_statistics();
}

mm::MemoryStatistics Machine::statistics() const {
  return final_statistics_ ? *final_statistics_ : memory_->statistics();
}

}  // namespace emu
