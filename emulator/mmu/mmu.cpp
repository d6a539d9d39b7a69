#include "emulator/mmu/mmu.h"

#include "emulator/cpu/guest_code.h"
#include "mm/base/check.h"
#include "mm/x86/marks.h"

namespace emu {
namespace {

using mm::x86::Walk;

// A handler may need a few goes (the table's page first, then the page); one that needs more goes round.
constexpr int kMostRetries = 8;

mm::Access access_of(MissKind kind) {
  switch (kind) {
    case MissKind::Read: return mm::Access::Read;
    case MissKind::Write: return mm::Access::Write;
    case MissKind::Fetch:
    case MissKind::FetchAhead: return mm::Access::Execute;
  }
  return mm::Access::Read;
}

uint8_t right_of(mm::Access access) {
  switch (access) {
    case mm::Access::Read: return tlb_right::kRead;
    case mm::Access::Write: return tlb_right::kWrite;
    case mm::Access::Execute: return tlb_right::kExecute;
  }
  return tlb_right::kRead;
}

// No frame lies there, or the entry is none that a system makes: what a machine would report as a bus error.
bool broken(const Walk& walk) {
  return walk.end() == Walk::End::OutsideRam || walk.end() == Walk::End::ReservedBits;
}

}  // namespace

Mmu::Mmu(mm::PhysicalMemory ram) : ram_(ram), executed_(ram.frames().value) {
  void_code_.reserve(ram.frames().value);
}

void Mmu::set_address_space(mm::x86::PagingRoot root) {
  root_ = root;
  flush_due_ = true;
}

void Mmu::watch(const PageWatch& watch) {
  watches_.add(watch);
  flush_due_ = true;
}

// What it withheld is given at the next miss.
void Mmu::unwatch(const PageWatch& watch) {
  if (watches_.remove(watch)) flush_due_ = true;
}

void Mmu::close_watches() {
  watches_.close();
  flush_due_ = true;
}

void Mmu::observe_reads(mm::VirtualPageNumber page, ReadObserver& observer) {
  observed_page_ = page;
  read_observer_ = &observer;
  flush_due_ = true;
}

void Mmu::set_write_protect(mm::x86::WriteProtect wp) {
  wp_ = wp;
  flush_due_ = true;
}

void Mmu::invalidate(mm::VirtualPageNumber, mm::PageFrameNumber frame) {
  flush_due_ = true;
  void_code(frame);  // its blocks are chained and would run on without a look at the TLB
}

void Mmu::invalidate_all() { flush_due_ = true; }

void Mmu::discard_code(mm::PageFrameNumber frame) { void_code(frame); }

void Mmu::void_code(mm::PageFrameNumber frame) {
  MM_CHECK(ram_.contains(frame), "a frame outside RAM");
  if (!executed_[frame.value()]) return;
  executed_[frame.value()] = false;  // each frame at most once in the list
  void_code_.push_back(frame);
}

std::optional<mm::PageFrameNumber> Mmu::peek(mm::VirtualPageNumber page) const {
  const Walk found = walk(page.address());
  if (!found.present()) return std::nullopt;
  return found.physical().frame();
}

void Mmu::settle(Cpu& cpu) {
  if (!void_code_.empty()) {
    for (const mm::PageFrameNumber frame : void_code_) cpu.drop_code(frame);
    void_code_.clear();
    flush_due_ = true;  // execute permissions of these frames
  }
  if (flush_due_) flush(cpu);
}

void Mmu::settle_inside(Cpu& cpu) {
  if (flush_due_) flush(cpu);
}

void Mmu::flush(Cpu& cpu) {
  cpu.flush_tlb();
  growth_.flushed();
  ++statistics_.flushes;
  flush_due_ = false;
}

TlbAnswer Mmu::fill(Cpu& cpu, mm::VirtualAddress address, MissKind kind) {
  ++statistics_.misses;
  if (growth_.miss() || !recorders_.empty()) flush(cpu);
  const auto mode = cpu.privilege_level() == 3 ? mm::Mode::User : mm::Mode::Supervisor;
  const Request request{address.page().address(), access_of(kind), mode};
  return kind == MissKind::FetchAhead ? look_ahead(cpu, request) : translate(cpu, request);
}

TlbAnswer Mmu::translate(Cpu& cpu, const Request& request) {
  for (int retries = 0;; ++retries) {
    const Walk found = walk(request.address);
    if (permits(found, request)) return grant(cpu, found, request);
    MM_CHECK(retries < kMostRetries, "a page fault was resolved again and again, and the walk still fails");
    mm::x86::mark_path(ram_, found);
    if (resolve(cpu, found, request) == FaultAnswer::Refused) return refuse(cpu, found, request);
  }
}

// The walk permits the access.
TlbAnswer Mmu::grant(Cpu& cpu, const Walk& walk, const Request& request) {
  if (watched(walk, request)) {
    watches_.stop();
    cpu.request_stop();
  }
  if (must_settle_outside() || cpu.stop_requested()) {
    ++statistics_.restarts;
    return TlbAnswer::restart();
  }
  settle_inside(cpu);
  recorders_.tell(&ReferenceRecorder::on_reference, request.address.page(), request.access);
  return observed(request) ? admit_observed(walk, request) : admit(cpu, walk, request);
}

// Nothing may be seen to happen: only a page that needs not even an Accessed bit is given.
TlbAnswer Mmu::look_ahead(Cpu& cpu, const Request& request) {
  const Walk found = walk(request.address);
  if (!permits(found, request) || !found.accessed() || watched(found, request)) return TlbAnswer::ahead();
  return admit(cpu, found, request);
}

FaultAnswer Mmu::resolve(Cpu& cpu, const Walk& walk, const Request& request) {
  if (broken(walk) || handler_ == nullptr) return FaultAnswer::Refused;
  ++statistics_.faults;
  const auto address = detail_ == FaultDetail::Byte ? exact_byte(cpu, request) : request.address;
  return handler_->handle({address, request.access, request.mode});
}

TlbAnswer Mmu::admit(Cpu& cpu, const Walk& walk, const Request& request) {
  mm::x86::mark_access(ram_, walk, request.access);
  const mm::PageFrameNumber frame = walk.physical().frame();
  if (request.access == mm::Access::Execute) note_execution(cpu, frame);
  uint8_t allowed = rights(walk, request);
  allowed &= static_cast<uint8_t>(~withheld(walk, request));
  if (executed_[frame.value()]) allowed |= tlb_right::kExecute;
  return TlbAnswer::entry(frame, allowed);
}

bool Mmu::observed(const Request& request) const {
  return read_observer_ != nullptr && request.address.page() == observed_page_;
}

// Code that lies there is not given for reading.
TlbAnswer Mmu::admit_observed(const Walk& walk, const Request& request) {
  mm::x86::mark_access(ram_, walk, request.access);
  const mm::PageFrameNumber frame = walk.physical().frame();
  if (request.access == mm::Access::Read) {
    read_observer_->before_read();
    return TlbAnswer::entry(frame, tlb_right::kRead | tlb_right::kOnce);
  }
  return TlbAnswer::entry(frame, right_of(request.access));
}

// Entries through which the frame is written without a look at its code go away.
void Mmu::note_execution(Cpu& cpu, mm::PageFrameNumber frame) {
  if (executed_[frame.value()]) return;
  executed_[frame.value()] = true;
  flush(cpu);
}

TlbAnswer Mmu::refuse(Cpu& cpu, const Walk& walk, const Request& request) {
  using Cause = RefusedFault::Cause;
  ++statistics_.refused;
  refused_fault_.fault = {exact_byte(cpu, request), request.access, request.mode};
  refused_fault_.cause = broken(walk) ? Cause::BusError : Cause::Handler;
  refused_fault_.error_code = mm::x86::error_code(walk, request.access, request.mode);
  refused_fault_.instruction = {cpu.get(Register::Eip)};
  return TlbAnswer::refused();
}

uint8_t Mmu::withheld(const Walk& walk, const Request& request) const {
  return watches_.withheld(request.address.page(), walk.physical().frame());
}

// An entry for a frame that was executed lets it be executed, whatever it was made for.
bool Mmu::watched(const Walk& walk, const Request& request) const {
  const uint8_t kept = withheld(walk, request);
  if (kept == 0) return false;
  uint8_t given = right_of(request.access);
  if (executed_[walk.physical().frame().value()]) given |= tlb_right::kExecute;
  return (kept & given) != 0;
}

bool Mmu::permits(const Walk& walk, const Request& request) const {
  return mm::x86::permits(walk, request.access, request.mode, wp_);
}

// A clean page is not writable in the TLB: its first write misses, and sets Dirty.
uint8_t Mmu::rights(const Walk& walk, const Request& request) const {
  const bool dirty = walk.dirty() || request.access == mm::Access::Write;
  const bool may_write = mm::x86::permits(walk, mm::Access::Write, request.mode, wp_);
  return static_cast<uint8_t>(tlb_right::kRead | (dirty && may_write ? tlb_right::kWrite : 0));
}

mm::VirtualAddress Mmu::exact_byte(const Cpu& cpu, const Request& request) {
  const Registers registers = cpu.registers();
  const mm::VirtualAddress eip{registers.eip};
  if (request.access == mm::Access::Execute)
    return eip.page() == request.address.page() ? eip : request.address;
  const GuestCode code(ram_, *this, eip);
  const auto byte =
      operands_.find(code.bytes(), registers, cpu.teb(), request.address.page(), request.access);
  return byte.value_or(request.address);
}

}  // namespace emu
