#include "emulator/debugger/engine/engine.h"

#include <algorithm>
#include <array>
#include <utility>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"

namespace emu::debugger {

using Where = Halt::Where;
using FaultPace = GuestEvents::FaultPace;

Engine::Engine(Kernel& kernel, FrontEnd& front_end)
    : kernel_(kernel),
      front_end_(front_end),
      stepping_(kernel),
      watch_(kernel, breakpoints_),
      events_(*this, kernel, front_end, breakpoints_),
      held_(kernel.threads(), front_end) {
  kernel_.set_controller(*this);
}

Engine::~Engine() { kernel_.clear_controller(); }

Board& Engine::board() { return kernel_.board(); }

void Engine::wake() { kernel_.board().cpu().request_stop_from_signal(); }

RunEnd Engine::run() {
  const RunEnd end = kernel_.run();
  if (end != RunEnd::Quit && !quitting_) halt({.kind = Halt::Kind::GuestEnd});
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

// ---- Halting.

void Engine::halt(const Halt& halt) {
  const bool keeps_step = halt.thread != nullptr && !stepping_.of(*halt.thread);
  if (!keeps_step) stepping_.cancel();
  obey(halt, front_end_.on_halt(*this, halt));
  held_.hold_all();
  // The processor's breakpoints and its thread change Outside, before it runs on.
  const bool stays = halt.thread == nullptr || !halt.thread->held();
  if (halt.where == Where::Inside && (seen_version_ != breakpoints_.version() || !stays))
    kernel_.board().cpu().request_stop();
}

void Engine::obey(const Halt& halt, const Resume& resume) {
  swallow_ = resume.exception_is == Resume::ExceptionIs::Handled;
  events_.set_fault_pace(FaultPace::Unseen);
  switch (resume.kind) {
    case Resume::Kind::Go: return;
    case Resume::Kind::NextStage: events_.set_fault_pace(FaultPace::StageByStage); return;
    case Resume::Kind::Finish:
      events_.set_fault_pace(FaultPace::ToEnd);
      events_.halt_at_service_end(halt.kind == Halt::Kind::Service ? halt.thread : nullptr);
      return;
    case Resume::Kind::Quit:
      quitting_ = true;
      held_.let_go();
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

void Engine::halt_soon(Halt halt) {
  queue_.push_back(std::move(halt));
  kernel_.board().cpu().request_stop();
}

Controller::Standstill Engine::on_standstill() {
  Thread* thread = held_.standing();
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

void Engine::thread_begins(Thread& thread) { held_.hold(thread); }

void Engine::thread_ends(Thread& thread) {
  stepping_.forget(thread);
  held_.forget(thread);
  std::erase_if(queue_, [&](const Halt& halt) { return halt.thread == &thread; });
}

void Engine::end_process(Process& process, uint32_t exit_code) { to_end_[process.id()] = exit_code; }

bool Engine::is_to_end(const Process& process) const { return to_end_.contains(process.id()); }

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
  if (stop.reason != StopReason::Requested && !waits_for_page(stop)) stepping_.ran(thread);
  const auto reported = reported_.find(thread.id());
  if (reported == reported_.end()) return;
  const uint32_t eip = kernel_.board().cpu().get(Register::Eip);
  const bool moved = reported->second != eip || stop.reason == StopReason::Breakpoint;
  if (moved || (stop.reason == StopReason::Stepped && !stepping_.repeats_at(thread, eip)))
    reported_.erase(reported);
}

// The instruction is made again when the page has come, and is not done yet.
bool Engine::waits_for_page(const Stop& stop) const {
  if (stop.reason != StopReason::FaultRefused) return false;
  if (kernel_.board().mmu().refused_fault().cause != RefusedFault::Cause::Handler) return false;
  const mm::FaultStory* const last = faults().latest();
  return last != nullptr && last->outcome.kind == mm::FaultOutcome::Kind::Wait;
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
  if (is_memory_exception(exception)) events_.locate_last_fault(faulting_access(exception).address);
  if (quitting_ || !events_.filters().halts(exception)) return Disposition::Deliver;
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

// The processor's own breakpoints: those of the list, and where a step will be done.
void Engine::update_processor() {
  if (seen_version_ != breakpoints_.version()) {
    watch_.update();
    events_.breakpoints_changed();
  }
  seen_version_ = breakpoints_.version();
  auto wanted = breakpoints_.code_addresses();
  if (const auto target = stepping_.target()) wanted.push_back(*target);
  if (wanted == set_) return;
  set_ = std::move(wanted);
  kernel_.board().cpu().set_breakpoints(set_);
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
