#include "emulator/debugger/engine/guest_events.h"

#include <utility>

#include "emulator/board/clock.h"
#include "emulator/cpu/cpu.h"
#include "emulator/debugger/engine/breakpoints.h"
#include "emulator/debugger/engine/engine.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/mmu/mmu.h"
#include "mm/memory_manager.h"

namespace emu::debugger {

using Where = Halt::Where;

GuestEvents::GuestEvents(Engine& engine, Kernel& kernel, FrontEnd& front_end, Breakpoints& breakpoints)
    : engine_(engine), kernel_(kernel), front_end_(front_end), breakpoints_(breakpoints) {
  Listeners& listeners = kernel_.listeners();
  listeners.lives.add(*this);
  listeners.services.add(*this);
  listeners.faults.add(*this);
}

GuestEvents::~GuestEvents() {
  Listeners& listeners = kernel_.listeners();
  listeners.faults.remove(*this);
  listeners.services.remove(*this);
  listeners.lives.remove(*this);
  kernel_.board().mmu().set_fault_detail(FaultDetail::Page);
}

uint64_t GuestEvents::now() const { return static_cast<uint64_t>(kernel_.clock().since_boot().count()); }

// The exact byte of every fault costs a decoded instruction each: only while somebody may halt there.
void GuestEvents::breakpoints_changed() {
  fault_detail_ = breakpoints_.any(Breakpoint::Kind::Fault) ? FaultDetail::Byte : FaultDetail::Page;
  kernel_.board().mmu().set_fault_detail(fault_detail_);
}

// ---- Services.

std::optional<uint32_t> GuestEvents::service_breakpoint(const Thread& thread, uint32_t number) {
  for (const auto& [id, breakpoint] : breakpoints_.all()) {
    if (breakpoint.kind != Breakpoint::Kind::Service || !breakpoint.enabled()) continue;
    if (!breakpoint.concerns(thread.process(), &thread)) continue;
    if (!breakpoint.service || *breakpoint.service == number) return id;
  }
  return std::nullopt;
}

void GuestEvents::on_service(Thread& thread, uint32_t number, mm::VirtualAddress arguments) {
  if (engine_.quitting()) return;
  const auto id = service_breakpoint(thread, number);
  const auto met = id ? breakpoints_.meet(*id) : std::nullopt;
  if (!met) return;
  engine_.halt({.kind = Halt::Kind::Service,
                .where = Where::Inside,
                .process = &thread.process(),
                .thread = &thread,
                .breakpoint = *id,
                .commands = met->commands,
                .service = number,
                .arguments = arguments});
}

void GuestEvents::on_service_end(Thread& thread, uint32_t number, uint32_t result) {
  if (engine_.quitting() || service_ends_ != &thread) return;
  service_ends_ = nullptr;
  engine_.halt({.kind = Halt::Kind::ServiceEnd,
                .where = Where::Inside,
                .process = &thread.process(),
                .thread = &thread,
                .service = number,
                .result = result});
}

// ---- Faults.

std::optional<uint32_t> GuestEvents::fault_breakpoint(const Process& process, const Thread* thread,
                                                      const mm::Fault& fault,
                                                      const mm::AccessForecast& forecast) {
  for (const auto& [id, breakpoint] : breakpoints_.all()) {
    if (breakpoint.kind != Breakpoint::Kind::Fault || !breakpoint.enabled()) continue;
    if (!breakpoint.concerns(process, thread)) continue;
    if (breakpoint.size != 0 && !breakpoint.holds(fault.address.value)) continue;
    if (breakpoint.faults.holds(forecast)) return id;
  }
  return std::nullopt;
}

// A service knows its address, and the MMU a byte or a page.
mm::FaultIdentity::Located GuestEvents::located(const mm::Fault& fault) const {
  using Located = mm::FaultIdentity::Located;
  return fault_detail_ == FaultDetail::Byte || fault.address.offset() != 0 ? Located::Byte : Located::Page;
}

void GuestEvents::on_fault(Process& process, Thread* thread, const mm::Fault& fault, mm::FaultActor actor) {
  fault_ = {FaultPace::Unseen, &process, thread, fault, actor, {}};
  const mm::VirtualAddress eip{kernel_.board().cpu().get(Register::Eip)};
  recorder_.begin(
      kernel_.memory().state(), process.space(),
      {process.id(), thread != nullptr ? thread->id() : 0, eip, fault, now(), located(fault), actor});
  if (actor == mm::FaultActor::Instruction) note_beginning(process, eip);
  if (engine_.quitting() || !breakpoints_.any(Breakpoint::Kind::Fault)) return;
  fault_.forecast = mm::forecast_access(kernel_.memory().state(), process.space(), fault);
  const auto id = fault_breakpoint(process, thread, fault, fault_.forecast);
  const auto met = id ? breakpoints_.meet(*id) : std::nullopt;
  if (!met) return;
  engine_.halt({.kind = Halt::Kind::Fault,
                .where = Where::Inside,
                .process = &process,
                .thread = thread,
                .breakpoint = *id,
                .commands = met->commands,
                .fault = fault,
                .forecast = fault_.forecast});
}

// Once for each process: the fault that was recorded last.
void GuestEvents::note_beginning(const Process& process, mm::VirtualAddress eip) {
  if (begun_.contains(process.id())) return;
  for (const LoadedImage& image : process.images)
    if (image.base == process.image_base && eip.value - image.base.value < image.size)
      begun_.emplace(process.id(), recorder_.count());
}

std::optional<uint64_t> GuestEvents::first_fault_of_program(uint32_t process) const {
  const auto found = begun_.find(process);
  return found != begun_.end() ? std::optional(found->second) : std::nullopt;
}

void GuestEvents::on_fault_stage(const mm::Event& event) {
  recorder_.on_event(event);
  if (fault_.pace != FaultPace::StageByStage || engine_.quitting()) return;
  engine_.halt({.kind = Halt::Kind::FaultStage,
                .where = Where::Inside,
                .process = fault_.process,
                .thread = fault_.thread,
                .fault = fault_.fault,
                .forecast = fault_.forecast,
                .stage = event});
}

void GuestEvents::on_fault_end(Process& process, const mm::FaultOutcome& outcome) {
  recorder_.end(outcome, now());
  const bool seen = std::exchange(fault_.pace, FaultPace::Unseen) != FaultPace::Unseen;
  if (!seen || engine_.quitting()) return;
  engine_.halt({.kind = Halt::Kind::FaultEnd,
                .where = Where::Inside,
                .process = &process,
                .thread = fault_.thread,
                .fault = fault_.fault,
                .actor = fault_.actor,
                .forecast = fault_.forecast,
                .outcome = outcome});
}

// ---- Processes, threads and images.

void GuestEvents::on_thread_begin(Thread& thread) {
  engine_.thread_begins(thread);
  const bool first = thread.process().thread_count == 1;
  if (first) begun_.erase(thread.process().id());  // of one that ended and whose id it has
  const EventName event = first ? EventName::ProcessBegin : EventName::ThreadBegin;
  const bool start = first && std::exchange(start_halts_, false);
  if (!start && filters_.of(event) != Filter::Break) return;
  engine_.halt_soon({.kind = start   ? Halt::Kind::Start
                             : first ? Halt::Kind::ProcessBegin
                                     : Halt::Kind::ThreadBegin,
                     .process = &thread.process(),
                     .thread = &thread});
}

void GuestEvents::on_thread_end(Thread& thread, uint32_t exit_code) {
  engine_.thread_ends(thread);
  if (service_ends_ == &thread) service_ends_ = nullptr;
  if (engine_.quitting() || filters_.of(EventName::ThreadEnd) != Filter::Break || !thread.process().running())
    return;
  engine_.halt({.kind = Halt::Kind::ThreadEnd,
                .where = Where::Inside,
                .process = &thread.process(),
                .thread = &thread,
                .exit_code = exit_code});
}

void GuestEvents::on_process_end(Process& process, const ProcessEnd& end) {
  if (engine_.quitting() || engine_.is_to_end(process) || filters_.of(EventName::ProcessEnd) != Filter::Break)
    return;
  Thread* current = kernel_.current_thread();
  if (current != nullptr && &current->process() != &process) current = nullptr;
  engine_.halt({.kind = Halt::Kind::ProcessEnd,
                .where = Where::Inside,
                .process = &process,
                .thread = current,
                .end = end});
}

void GuestEvents::on_image_load(Process& process, const LoadedImage& image) {
  const uint64_t version = breakpoints_.version();
  front_end_.on_image_load(engine_, process);
  if (version != breakpoints_.version()) kernel_.board().cpu().request_stop();
  if (filters_.of(EventName::ImageLoad, image.name) != Filter::Break) return;
  engine_.halt_soon({.kind = Halt::Kind::ImageLoad, .process = &process, .image = image});
}

void GuestEvents::on_image_unload(Process& process, const LoadedImage& image) {
  const uint64_t version = breakpoints_.version();
  front_end_.on_image_unload(engine_, process, image);
  if (version != breakpoints_.version()) kernel_.board().cpu().request_stop();
  if (filters_.of(EventName::ImageUnload, image.name) != Filter::Break) return;
  engine_.halt_soon({.kind = Halt::Kind::ImageUnload, .process = &process, .image = image});
}

}  // namespace emu::debugger
