#include "emulator/debugger/engine/data_watch.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "emulator/cpu/cpu.h"
#include "emulator/cpu/instruction_scan.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/thread.h"
#include "mm/x86/walk.h"

namespace emu::debugger {
namespace {

bool is_data(const Breakpoint& breakpoint) {
  return breakpoint.kind == Breakpoint::Kind::Data && breakpoint.enabled();
}

// Whether [first, first + size) and the breakpoint's range have a byte in common.
bool overlaps(const Breakpoint& breakpoint, uint64_t first, uint64_t size) {
  return first < breakpoint.address + breakpoint.size && breakpoint.address < first + size;
}

uint8_t rights_seen_by(const Breakpoint& breakpoint) {
  uint8_t rights = 0;
  if (breakpoint.on_execute) rights |= tlb_right::kExecute;
  if (breakpoint.on_read) rights |= tlb_right::kRead;
  if (breakpoint.on_write) rights |= tlb_right::kWrite;
  return rights;
}

}  // namespace

DataWatch::DataWatch(Kernel& kernel, const Breakpoints& breakpoints)
    : kernel_(kernel), mmu_(kernel.board().mmu()), breakpoints_(breakpoints) {}

DataWatch::~DataWatch() { mmu_.unwatch(*this); }

void DataWatch::update() {
  active_ = breakpoints_.any(Breakpoint::Kind::Data);
  active_ ? mmu_.watch(*this) : mmu_.unwatch(*this);
}

uint8_t DataWatch::watched(mm::VirtualPageNumber page, mm::PageFrameNumber frame) const {
  uint8_t rights = 0;
  for (const auto& [number, breakpoint] : breakpoints_.all()) {
    if (!is_data(breakpoint)) continue;
    const bool physical = breakpoint.space == Breakpoint::Space::Physical;
    const uint64_t first = uint64_t{physical ? frame.value() : page.value()} * mm::kPageSize;
    if (overlaps(breakpoint, first, mm::kPageSize)) rights |= rights_seen_by(breakpoint);
  }
  return rights;
}

bool DataWatch::sees(const Breakpoint& breakpoint, const Thread& thread, mm::VirtualAddress address,
                     uint32_t size) const {
  if (!breakpoint.concerns(thread.process(), &thread)) return false;
  if (breakpoint.space == Breakpoint::Space::Virtual) return overlaps(breakpoint, address.value, size);
  for (uint32_t i = 0; i < size; ++i) {  // a run of bytes may lie in two frames
    const auto walk = mmu_.walk(address + i);
    if (walk.present() && breakpoint.holds(walk.physical().value)) return true;
  }
  return false;
}

bool DataWatch::sees(const Breakpoint& breakpoint, const OperandFinder::Operand& operand) const {
  const bool kind = (operand.reads && breakpoint.on_read) || (operand.writes && breakpoint.on_write);
  return kind && sees(breakpoint, *thread_, operand.address, operand.size);
}

void DataWatch::open(const Thread& thread) {
  open_ = true;
  thread_ = &thread;
  seen_.clear();
  before_ = kernel_.board().cpu().registers();
  const mm::VirtualAddress eip{before_.eip};
  std::array<std::byte, kLongestInstruction> code{};
  const size_t there = kernel_.peek(thread.process(), eip, code);
  const auto operands = operands_.all(std::span(code).first(there), before_, thread.teb());
  for (const auto& [number, breakpoint] : breakpoints_.all()) {
    if (!is_data(breakpoint)) continue;
    const auto operand =
        std::find_if(operands.begin(), operands.end(),
                     [&, &waiting = breakpoint](const auto& candidate) { return sees(waiting, candidate); });
    if (operand != operands.end())
      seen_.push_back({number, {operand->address, operand->size, operand->reads, operand->writes, eip}});
  }
}

// An instruction that faulted has accessed nothing; it will be made again. One that was traced is done.
std::vector<DataWatch::Seen> DataWatch::close(const Stop& stop) {
  open_ = false;
  const bool trap = stop == Stop{StopReason::Exception, vector::kDebug} &&
                    kernel_.board().cpu().get(Register::Eip) != before_.eip;
  if (stop.reason != StopReason::Stepped && !trap) return {};
  return std::move(seen_);
}

}  // namespace emu::debugger
