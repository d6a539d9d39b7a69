#include "emulator/kernel/exceptions/debug_unit.h"

#include <utility>

#include "emulator/cpu/guest_code.h"
#include "emulator/kernel/processes/thread.h"

namespace emu {
namespace {

// Single steps that follow one: changing the pace costs as much as a hundred of them, and where one watched
// page is touched others are, too.
constexpr int kStepsBehindAccess = 100;

constexpr Stop kDebugException{StopReason::Exception, vector::kDebug};

// Whether the instruction was executed, or an iteration of it: with EFLAGS.TF it ends in a trap of its own.
bool is_done(const Stop& stop) { return stop.reason == StopReason::Stepped || stop == kDebugException; }

// Whether it may not have been begun.
bool is_left(const Stop& stop) {
  return stop.reason == StopReason::Requested || stop.reason == StopReason::FaultRefused ||
         stop.reason == StopReason::InstructionLimit;
}

bool sees(const HardwareBreakpoint& breakpoint, const OperandFinder::Operand& operand) {
  const bool kind = operand.writes || breakpoint.condition == HardwareBreakpoint::Condition::Access;
  return kind && breakpoint.overlaps(operand.address.value, operand.size);
}

}  // namespace

Stop DebugUnit::run(Thread& thread, Pace pace) {
  DebugRegisters& registers = thread.debug_registers;
  arm(registers);
  const bool looks = registers.due == 0 && !registers.resumes && !execution_.empty();
  if (looks) registers.due = met_at(cpu_.get(Register::Eip));
  if (registers.due != 0) return kDebugException;
  const Stop stop = execute(thread, pace);
  if (stop == kDebugException) registers.due |= debug_status::kSingleStep;
  if (stop.reason != StopReason::FaultRefused || registers.resumes) return stop;
  registers.due = met_at(cpu_.get(Register::Eip));  // where the processor could not even fetch
  return registers.due != 0 ? kDebugException : stop;
}

// RF holds for one instruction, and for all iterations of a repeated one (17.3.1.1). A service may set it
// anew.
Stop DebugUnit::execute(Thread& thread, Pace pace) {
  DebugRegisters& registers = thread.debug_registers;
  const bool resumed = std::exchange(registers.resumes, false) && !execution_.empty();
  if (mmu_.stopped_at_watch()) {
    const Stop stop = execute_alone(thread);
    if (resumed && is_left(stop)) registers.resumes = true;
    steps_left_ = kStepsBehindAccess;
    return stop;
  }
  if (steps_left_ > 0) {
    --steps_left_;
    pace = Pace::OneInstruction;
  }
  if (!resumed) return pace == Pace::Free ? cpu_.run() : cpu_.step();
  const uint32_t eip = cpu_.get(Register::Eip);
  const Stop stop = cpu_.step();
  if (is_left(stop) || (is_done(stop) && goes_on_at(eip))) registers.resumes = true;
  return stop;
}

Stop DebugUnit::execute_alone(Thread& thread) {
  DebugRegisters& registers = thread.debug_registers;
  const uint32_t eip = cpu_.get(Register::Eip);
  const uint32_t seen = seen_by_data(thread);
  mmu_.open_watches();
  const Stop stop = cpu_.step();
  mmu_.close_watches();
  if (!is_done(stop)) return stop;
  registers.due |= seen;
  if (goes_on_at(eip)) registers.resumes = true;
  return stop;
}

// Whether what was executed is a repeated string instruction that has iterations left.
bool DebugUnit::goes_on_at(uint32_t eip) {
  return cpu_.get(Register::Eip) == eip &&
         scan_.kind(GuestCode(cpu_.ram(), mmu_, {eip}).bytes()) == InstructionKind::RepeatedString;
}

uint32_t DebugUnit::seen_by_data(const Thread& thread) {
  if (data_.empty()) return 0;
  const Registers registers = cpu_.registers();
  const GuestCode code(cpu_.ram(), mmu_, {registers.eip});
  uint32_t seen = 0;
  for (const auto& operand : operands_.all(code.bytes(), registers, thread.teb()))
    for (const HardwareBreakpoint& breakpoint : data_)
      if (sees(breakpoint, operand)) seen |= breakpoint.status;
  return seen;
}

uint32_t DebugUnit::met_at(uint32_t eip) const {
  uint32_t met = 0;
  for (const HardwareBreakpoint& breakpoint : execution_)
    if (breakpoint.first == eip) met |= breakpoint.status;
  return met;
}

// A page that is written unseen may be read so; where reads are to be seen, so are writes.
uint8_t DebugUnit::watched(mm::VirtualPageNumber page, mm::PageFrameNumber) const {
  uint8_t rights = 0;
  for (const HardwareBreakpoint& breakpoint : data_) {
    if (!breakpoint.overlaps(page.address().value, uint32_t{mm::kPageSize})) continue;
    rights |= tlb_right::kWrite;
    if (breakpoint.condition == HardwareBreakpoint::Condition::Access) rights |= tlb_right::kRead;
  }
  return rights;
}

void DebugUnit::arm(const DebugRegisters& registers) {
  if (!registers.enabled() && !armed_.enabled()) return;
  if (registers.control == armed_.control && registers.addresses == armed_.addresses) return;
  armed_ = registers;
  execution_.clear();
  data_.clear();
  for (const HardwareBreakpoint& breakpoint : breakpoints_of(registers))
    (breakpoint.sees_data() ? data_ : execution_).push_back(breakpoint);
  set_execution_breakpoints();
  data_.empty() ? mmu_.unwatch(*this) : mmu_.watch(*this);
}

// Dear: everything that was translated is void.
void DebugUnit::set_execution_breakpoints() {
  std::vector<mm::VirtualAddress> places;
  for (const HardwareBreakpoint& breakpoint : execution_) places.push_back({breakpoint.first});
  if (places == places_) return;
  places_ = std::move(places);
  cpu_.set_breakpoints(places_, BreakpointsOf::Guest);
}

}  // namespace emu
