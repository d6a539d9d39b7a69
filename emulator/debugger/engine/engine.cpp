#include "emulator/debugger/engine/engine.h"

#include <algorithm>
#include <array>
#include <utility>

#include "emulator/board/clock.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/mmu/mmu.h"
#include "mm/memory_manager.h"

namespace emu::debugger {

using Where = Halt::Where;

Engine::Engine(Kernel& kernel, FrontEnd& front_end)
    : kernel_(kernel), front_end_(front_end), stepping_(kernel), watch_(kernel, breakpoints_) {
  kernel_.set_controller(this);
  Listeners& listeners = kernel_.listeners();
  listeners.lives.add(*this);
  listeners.services.add(*this);
  listeners.faults.add(*this);
}

Engine::~Engine() {
  Listeners& listeners = kernel_.listeners();
  listeners.faults.remove(*this);
  listeners.services.remove(*this);
  listeners.lives.remove(*this);
  kernel_.set_controller(nullptr);
  kernel_.board().mmu().set_fault_detail(FaultDetail::Page);
}

RunEnd Engine::run() {
  const Kernel::RunEnd end = kernel_.run();
  if (end != Kernel::RunEnd::Quit && !quitting_) halt({.kind = Halt::Kind::GuestEnd});
  return end;
}

void Engine::request_break() {
  break_requested_ = true;
  kernel_.board().cpu().request_stop();
}

// What the engine or its front end asked for itself waits for the next instruction.
bool Engine::may_wait() {
  const bool told = front_end_.wants_break();
  if (!signalled_.exchange(false) && !told) return !quitting_;
  break_requested_ = false;
  Thread* thread = kernel_.current_thread();
  Process* process = thread != nullptr ? &thread->process() : nullptr;
  if (!quitting_)
    halt({.kind = Halt::Kind::Break, .where = Where::Inside, .process = process, .thread = thread});
  return !quitting_;
}

uint64_t Engine::now() const { return static_cast<uint64_t>(kernel_.clock().since_boot().count()); }

// ---- Halting.

void Engine::halt(const Halt& halt) {
  const bool keeps_step = halt.thread != nullptr && !stepping_.of(*halt.thread);
  if (!keeps_step) stepping_.cancel();
  obey(halt, front_end_.on_halt(*this, halt));
  hold_threads();
  // The processor's breakpoints and its thread change Outside, before it runs on.
  const bool stays = halt.thread == nullptr || !halt.thread->held();
  if (halt.where == Where::Inside && (seen_version_ != breakpoints_.version() || !stays))
    kernel_.board().cpu().request_stop();
}

void Engine::obey(const Halt& halt, const Resume& resume) {
  swallow_ = resume.exception_is == Resume::ExceptionIs::Handled;
  fault_.pace = FaultPace::Unseen;
  switch (resume.kind) {
    case Resume::Kind::Go: return;
    case Resume::Kind::NextStage: fault_.pace = FaultPace::StageByStage; return;
    case Resume::Kind::Finish:
      fault_.pace = FaultPace::ToEnd;
      service_ends_ = halt.kind == Halt::Kind::Service ? halt.thread : nullptr;
      return;
    case Resume::Kind::Quit:
      quitting_ = true;
      kernel_.board().cpu().request_stop();
      return;
    case Resume::Kind::StepInto:
    case Resume::Kind::StepOver:
    case Resume::Kind::StepToReturn:
    case Resume::Kind::RunTo:
      if (Thread* thread = resume.thread != nullptr ? resume.thread : halt.thread;
          thread != nullptr && !thread->ended())
        stepping_.begin(*thread, registers(*thread), resume);
      if (halt.where == Where::Inside) kernel_.board().cpu().request_stop();
      return;
  }
}

void Engine::queue(Halt halt) {
  queue_.push_back(std::move(halt));
  kernel_.board().cpu().request_stop();
}

// ---- Threads that do not run.

void Engine::hold(Thread& thread) {
  using Held = Scheduler::Held;
  const bool held = !quitting_ && (frozen(thread) || front_end_.stands_still(thread));
  kernel_.threads().set_held(thread, held ? Held::Yes : Held::No);
}

void Engine::hold_threads() {
  for (const auto& [id, thread] : kernel_.threads().all()) hold(*thread);
}

mm::Result<uint32_t> Engine::suspend(Thread& thread) {
  const auto before = kernel_.threads().suspend(thread);
  if (before) ++suspended_[thread.id()];
  return before;
}

uint32_t Engine::resume(Thread& thread) {
  if (const auto ours = suspended_.find(thread.id()); ours != suspended_.end() && --ours->second == 0)
    suspended_.erase(ours);
  return kernel_.threads().resume(thread);
}

// The first thread that could run if it were let; null when there is none.
Thread* Engine::standing() {
  for (const auto& [id, thread] : kernel_.threads().all()) {
    const bool suspended = thread->suspend_count() != 0;
    if (suspended ? suspended_.contains(id) : thread->held() && thread->runnable()) return thread.get();
  }
  return nullptr;
}

Controller::Standstill Engine::on_standstill() {
  Thread* thread = standing();
  if (thread == nullptr) return Standstill::ForEver;
  const auto reason = queued(*thread);
  halt(reason ? *reason
              : Halt{.kind = Halt::Kind::Standstill, .process = &thread->process(), .thread = thread});
  end_processes();
  return quitting_ ? Standstill::Quit : Standstill::LookAgain;
}

// ---- Outside.

Controller::Pace Engine::before_run(Thread& thread) {
  if (front_end_.wants_break()) break_requested_ = true;
  end_processes();
  for (auto reason = due(thread); !quitting_ && reason; reason = due(thread)) {
    reported_[thread.id()] = kernel_.board().cpu().get(Register::Eip);
    halt(*reason);
    end_processes();
  }
  if (quitting_) return Pace::Quit;
  if (thread.held() || !thread.runnable()) return Pace::NotNow;
  update_processor();  // behind the halts, at which breakpoints are set and steps begin
  return pace(thread);
}

bool Engine::frozen(const Thread& thread) const { return frozen_.contains(thread.id()); }

void Engine::freeze(const Thread& thread) { frozen_.insert(thread.id()); }

void Engine::thaw(const Thread& thread) { frozen_.erase(thread.id()); }

void Engine::end_process(Process& process, uint32_t exit_code) { to_end_[process.id()] = exit_code; }

void Engine::end_processes() {
  if (to_end_.empty()) return;
  for (const auto& process : kernel_.processes().all())
    if (const auto found = to_end_.find(process->id()); found != to_end_.end() && process->running())
      kernel_.processes().end(*process, {ProcessEnd::Kind::Exited, found->second});
  to_end_.clear();
}

std::optional<Halt> Engine::due(Thread& thread) {
  if (quitting_ || thread.ended()) return std::nullopt;
  if (auto event = queued(thread)) return event;
  if (auto breakpoint = at_breakpoint(thread)) return breakpoint;
  if (stepping_.done(thread))
    return Halt{.kind = Halt::Kind::Step, .process = &thread.process(), .thread = &thread};
  return std::nullopt;
}

std::optional<Halt> Engine::queued(Thread& thread) {
  if (!queue_.empty()) {
    Halt event = std::move(queue_.front());
    queue_.pop_front();
    if (event.thread == nullptr) event.thread = &thread;
    if (event.process == nullptr) event.process = &thread.process();
    return event;
  }
  signalled_ = false;
  if (!break_requested_.exchange(false)) return std::nullopt;
  return Halt{.kind = Halt::Kind::Break, .process = &thread.process(), .thread = &thread};
}

// Whether it halts the thread before the instruction at `eip`.
bool Engine::waits_for(const Breakpoint& breakpoint, const Thread& thread, mm::VirtualAddress eip) const {
  if (!breakpoint.enabled()) return false;
  if (breakpoint.kind == Breakpoint::Kind::Data) return watch_.sees_execution(breakpoint, thread, eip);
  return breakpoint.kind == Breakpoint::Kind::Code && breakpoint.is_at(eip.value) &&
         breakpoint.concerns(thread.process(), &thread);
}

std::optional<Halt> Engine::at_breakpoint(Thread& thread) {
  const uint32_t eip = kernel_.board().cpu().get(Register::Eip);
  if (const auto reported = reported_.find(thread.id());
      reported != reported_.end() && reported->second == eip)
    return std::nullopt;
  for (const auto& [number, breakpoint] : breakpoints_.all()) {
    if (!waits_for(breakpoint, thread, {eip})) continue;
    reported_[thread.id()] = eip;
    const uint32_t id = number;
    const auto met = breakpoints_.meet(id);
    if (!met) return std::nullopt;
    return Halt{.kind = Halt::Kind::Breakpoint,
                .process = &thread.process(),
                .thread = &thread,
                .breakpoint = id,
                .commands = met->commands};
  }
  return std::nullopt;
}

Controller::Pace Engine::pace(Thread& thread) {
  if (watch_.stopped()) {
    watch_.open(thread);
    return Pace::OneInstruction;
  }
  return stepping_.one_instruction(thread) ? Pace::OneInstruction : Pace::Free;
}

void Engine::after_run(Thread& thread, const Stop& stop) {
  if (watch_.is_open()) {
    bool halts = false;  // once for one instruction, however many breakpoints saw it
    for (const auto& seen : watch_.close(stop)) {
      if (breakpoints_.find(seen.breakpoint) == nullptr) continue;
      const auto met = breakpoints_.meet(seen.breakpoint);
      if (!met || std::exchange(halts, true)) continue;
      queue_.push_back({.kind = Halt::Kind::DataAccess,
                        .process = &thread.process(),
                        .thread = &thread,
                        .breakpoint = seen.breakpoint,
                        .commands = met->commands,
                        .access = seen.access});
    }
  }
  if (stop.reason != StopReason::Requested) stepping_.ran(thread);
  const auto reported = reported_.find(thread.id());
  if (reported == reported_.end()) return;
  const uint32_t eip = kernel_.board().cpu().get(Register::Eip);
  const bool moved = reported->second != eip || stop.reason == StopReason::Breakpoint;
  if (moved || (stop.reason == StopReason::Stepped && !stepping_.repeats_at(thread, eip)))
    reported_.erase(reported);
}

// As much of it as an OUTPUT_DEBUG_STRING_INFO can tell (Microsoft: the length is a WORD).
void Engine::show_debug_output(const Thread& thread, const Exception& exception) {
  if (exception.parameter_count < 2) return;
  const auto [size, at] = std::pair(exception.parameters[0], exception.parameters[1]);
  std::string text(std::min<uint32_t>(size, 0xFFFF), '\0');
  text.resize(kernel_.peek(thread.process(), {at}, std::as_writable_bytes(std::span(text))));
  text.resize(std::min(text.find('\0'), text.size()));
  if (!text.empty()) front_end_.on_debug_output(*this, thread, text);
}

Controller::Disposition Engine::on_exception(Thread& thread, const Exception& exception) {
  if (exception.code == kDebugOutput && exception.chance == Exception::Chance::First && !quitting_)
    show_debug_output(thread, exception);
  if (is_memory_exception(exception)) recorder_.locate(faulting_access(exception).address);
  if (quitting_ || !filters_.halts(exception)) return Disposition::Deliver;
  swallow_ = false;
  at_exception_ = &thread;
  halt({.kind = Halt::Kind::Exception,
        .process = &thread.process(),
        .thread = &thread,
        .exception = exception});
  at_exception_ = nullptr;
  if (!std::exchange(swallow_, false)) return Disposition::Deliver;
  const uint32_t at = thread.registers.eip;
  pass_breakpoint(thread, exception);
  if (thread.registers.eip != at) stepping_.ran(thread);  // a step that began there has done its instruction
  return Disposition::Swallow;
}

// A breakpoint instruction whose exception nobody else is to see is done.
void Engine::pass_breakpoint(Thread& thread, const Exception& exception) const {
  if (exception.status() != mm::NtStatus::Breakpoint || thread.registers.eip != exception.address.value)
    return;
  std::array<std::byte, 2> code{};
  const size_t there = kernel_.peek(thread.process(), exception.address, code);
  if (there >= 1 && code[0] == std::byte{0xCC}) thread.registers.eip += 1;
  if (there == 2 && code == std::array{std::byte{0xCD}, std::byte{0x03}}) thread.registers.eip += 2;
}

// The exact byte of every fault costs a decoded instruction each: only while somebody may halt there.
void Engine::locate_faults(FaultDetail detail) {
  fault_detail_ = detail;
  kernel_.board().mmu().set_fault_detail(detail);
}

// The processor's own breakpoints: those of the list, and where a step will be done.
void Engine::update_processor() {
  if (seen_version_ != breakpoints_.version()) {
    watch_.update();
    locate_faults(breakpoints_.any(Breakpoint::Kind::Fault) ? FaultDetail::Byte : FaultDetail::Page);
  }
  seen_version_ = breakpoints_.version();
  auto wanted = breakpoints_.code_addresses();
  if (const auto target = stepping_.target()) wanted.push_back(*target);
  if (wanted == set_) return;
  set_ = std::move(wanted);
  kernel_.board().cpu().set_breakpoints(set_);
}

// ---- Inside.

std::optional<uint32_t> Engine::service_breakpoint(const Thread& thread, uint32_t number) {
  for (const auto& [id, breakpoint] : breakpoints_.all()) {
    if (breakpoint.kind != Breakpoint::Kind::Service || !breakpoint.enabled()) continue;
    if (!breakpoint.concerns(thread.process(), &thread)) continue;
    if (!breakpoint.service || *breakpoint.service == number) return id;
  }
  return std::nullopt;
}

void Engine::on_service(Thread& thread, uint32_t number, mm::VirtualAddress arguments) {
  if (quitting_) return;
  const auto id = service_breakpoint(thread, number);
  const auto met = id ? breakpoints_.meet(*id) : std::nullopt;
  if (!met) return;
  halt({.kind = Halt::Kind::Service,
        .where = Where::Inside,
        .process = &thread.process(),
        .thread = &thread,
        .breakpoint = *id,
        .commands = met->commands,
        .service = number,
        .arguments = arguments});
}

void Engine::on_service_end(Thread& thread, uint32_t number, uint32_t result) {
  if (quitting_ || service_ends_ != &thread) return;
  service_ends_ = nullptr;
  halt({.kind = Halt::Kind::ServiceEnd,
        .where = Where::Inside,
        .process = &thread.process(),
        .thread = &thread,
        .service = number,
        .result = result});
}

std::optional<uint32_t> Engine::fault_breakpoint(const Process& process, const Thread* thread,
                                                 const mm::Fault& fault, const mm::AccessForecast& forecast) {
  for (const auto& [id, breakpoint] : breakpoints_.all()) {
    if (breakpoint.kind != Breakpoint::Kind::Fault || !breakpoint.enabled()) continue;
    if (!breakpoint.concerns(process, thread)) continue;
    if (breakpoint.size != 0 && !breakpoint.holds(fault.address.value)) continue;
    if (breakpoint.faults.holds(forecast)) return id;
  }
  return std::nullopt;
}

// A service knows its address, and the MMU a byte or a page.
mm::FaultIdentity::Located Engine::located(const mm::Fault& fault) const {
  using Located = mm::FaultIdentity::Located;
  return fault_detail_ == FaultDetail::Byte || fault.address.offset() != 0 ? Located::Byte : Located::Page;
}

void Engine::on_fault(Process& process, Thread* thread, const mm::Fault& fault, mm::FaultActor actor) {
  fault_ = {FaultPace::Unseen, &process, thread, fault, actor, {}};
  const mm::VirtualAddress eip{kernel_.board().cpu().get(Register::Eip)};
  recorder_.begin(
      kernel_.memory().state(), process.space(),
      {process.id(), thread != nullptr ? thread->id() : 0, eip, fault, now(), located(fault), actor});
  if (actor == mm::FaultActor::Instruction) note_beginning(process, eip);
  if (quitting_ || !breakpoints_.any(Breakpoint::Kind::Fault)) return;
  fault_.forecast = mm::forecast_access(kernel_.memory().state(), process.space(), fault);
  const auto id = fault_breakpoint(process, thread, fault, fault_.forecast);
  const auto met = id ? breakpoints_.meet(*id) : std::nullopt;
  if (!met) return;
  halt({.kind = Halt::Kind::Fault,
        .where = Where::Inside,
        .process = &process,
        .thread = thread,
        .breakpoint = *id,
        .commands = met->commands,
        .fault = fault,
        .forecast = fault_.forecast});
}

// Once for each process: the fault that was recorded last.
void Engine::note_beginning(const Process& process, mm::VirtualAddress eip) {
  if (begun_.contains(process.id())) return;
  for (const LoadedImage& image : process.images)
    if (image.base == process.image_base && eip.value - image.base.value < image.size)
      begun_.emplace(process.id(), recorder_.count());
}

std::optional<uint64_t> Engine::first_fault_of_program(uint32_t process) const {
  const auto found = begun_.find(process);
  return found != begun_.end() ? std::optional(found->second) : std::nullopt;
}

void Engine::on_fault_stage(const mm::Event& event) {
  recorder_.on_event(event);
  if (fault_.pace != FaultPace::StageByStage || quitting_) return;
  halt({.kind = Halt::Kind::FaultStage,
        .where = Where::Inside,
        .process = fault_.process,
        .thread = fault_.thread,
        .fault = fault_.fault,
        .forecast = fault_.forecast,
        .stage = event});
}

void Engine::on_fault_end(Process& process, const mm::FaultOutcome& outcome) {
  recorder_.end(outcome, now());
  const bool seen = std::exchange(fault_.pace, FaultPace::Unseen) != FaultPace::Unseen;
  if (!seen || quitting_) return;
  halt({.kind = Halt::Kind::FaultEnd,
        .where = Where::Inside,
        .process = &process,
        .thread = fault_.thread,
        .fault = fault_.fault,
        .actor = fault_.actor,
        .forecast = fault_.forecast,
        .outcome = outcome});
}

// ---- Beginnings and ends.

void Engine::on_thread_begin(Thread& thread) {
  hold(thread);
  const bool first = thread.process().thread_count == 1;
  if (first) begun_.erase(thread.process().id());  // of one that ended and whose id it has
  const EventName event = first ? EventName::ProcessBegin : EventName::ThreadBegin;
  const bool start = first && std::exchange(start_halts_, false);
  if (!start && filters_.of(event) != Filter::Break) return;
  queue({.kind = start   ? Halt::Kind::Start
                 : first ? Halt::Kind::ProcessBegin
                         : Halt::Kind::ThreadBegin,
         .process = &thread.process(),
         .thread = &thread});
}

void Engine::on_thread_end(Thread& thread, uint32_t exit_code) {
  stepping_.forget(thread);
  thaw(thread);
  suspended_.erase(thread.id());
  if (service_ends_ == &thread) service_ends_ = nullptr;
  std::erase_if(queue_, [&](const Halt& halt) { return halt.thread == &thread; });
  if (quitting_ || filters_.of(EventName::ThreadEnd) != Filter::Break || !thread.process().running()) return;
  halt({.kind = Halt::Kind::ThreadEnd,
        .where = Where::Inside,
        .process = &thread.process(),
        .thread = &thread,
        .exit_code = exit_code});
}

void Engine::on_process_end(Process& process, const ProcessEnd& end) {
  if (quitting_ || to_end_.contains(process.id()) || filters_.of(EventName::ProcessEnd) != Filter::Break)
    return;
  Thread* current = kernel_.current_thread();
  if (current != nullptr && &current->process() != &process) current = nullptr;
  halt({.kind = Halt::Kind::ProcessEnd,
        .where = Where::Inside,
        .process = &process,
        .thread = current,
        .end = end});
}

void Engine::on_image_load(Process& process, const LoadedImage& image) {
  const uint64_t version = breakpoints_.version();
  front_end_.on_image_load(*this, process);
  if (version != breakpoints_.version()) kernel_.board().cpu().request_stop();
  if (filters_.of(EventName::ImageLoad, image.name) != Filter::Break) return;
  queue({.kind = Halt::Kind::ImageLoad, .process = &process, .image = image});
}

void Engine::on_image_unload(Process& process, const LoadedImage& image) {
  const uint64_t version = breakpoints_.version();
  front_end_.on_image_unload(*this, process, image);
  if (version != breakpoints_.version()) kernel_.board().cpu().request_stop();
  if (filters_.of(EventName::ImageUnload, image.name) != Filter::Break) return;
  queue({.kind = Halt::Kind::ImageUnload, .process = &process, .image = image});
}

// ---- Registers.

bool Engine::is_saved(const Thread& thread) const {
  return kernel_.current_thread() != &thread || at_exception_ == &thread;
}

Registers Engine::registers(const Thread& thread) const {
  return is_saved(thread) ? thread.registers : kernel_.board().cpu().registers();
}

void Engine::set_registers(Thread& thread, const Registers& registers) {
  thread.registers = registers;
  if (kernel_.current_thread() == &thread) kernel_.board().cpu().set_registers(registers);
}

FloatingState Engine::floating_state(const Thread& thread) const {
  return is_saved(thread) ? thread.floating_state : kernel_.board().cpu().floating_state();
}

void Engine::set_floating_state(Thread& thread, const FloatingState& state) {
  thread.floating_state = state;
  if (kernel_.current_thread() == &thread) kernel_.board().cpu().set_floating_state(state);
}

}  // namespace emu::debugger
