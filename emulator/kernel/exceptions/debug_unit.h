// Makes a thread's debug registers work, since the processor here has none: runs it so that it stops at
// execution breakpoints, and behind instructions that touch what a data breakpoint waits for.
//
// - Execution breakpoints are places where the processor stops. Their exception is a fault: it comes before
//   the instruction, which may as well have faulted (Intel SDM volume 3, 17.3.1.1 and table 6-2).
// - Data breakpoints are watched pages (page_watch.h), and what the instruction is about to touch is compared
//   with them. Their exception is a trap: it comes behind the instruction, of a repeated string instruction
//   behind the iteration (17.3.1.2). What services access is not seen.
// - A thread that has none enabled costs nothing.
//
// The exception is raised between two instructions: the thread keeps what is due, wherever it is meanwhile.
#pragma once

#include <vector>

#include "emulator/cpu/cpu.h"
#include "emulator/cpu/instruction_scan.h"
#include "emulator/kernel/registers/debug_registers.h"
#include "emulator/mmu/mmu.h"
#include "emulator/mmu/operand_finder.h"
#include "emulator/mmu/page_watch.h"

namespace emu {

class Thread;

class DebugUnit final : private PageWatch {
 public:
  enum class Pace : uint8_t { Free, OneInstruction };

  // Both outlive it.
  DebugUnit(Cpu& cpu, Mmu& mmu) : cpu_(cpu), mmu_(mmu) {}

  // As Cpu::run() or Cpu::step(), of the current thread. A debug exception, by its registers or by EFLAGS.TF,
  // is Exception with vector::kDebug; what it is is in `due`. Free may end with Stepped or Breakpoint, too:
  // it is to be called again.
  Stop run(Thread& thread, Pace pace);

  // The breakpoints (DR6) that wait for the execution of what is at `eip`, of the thread that ran last.
  uint32_t met_at(uint32_t eip) const;

 private:
  uint8_t watched(mm::VirtualPageNumber page, mm::PageFrameNumber frame) const override;
  void arm(const DebugRegisters& registers);
  void set_execution_breakpoints();
  uint32_t seen_by_data(const Thread& thread);
  Stop execute(Thread& thread, Pace pace);
  Stop execute_alone(Thread& thread);
  bool goes_on_at(uint32_t eip);

  Cpu& cpu_;
  Mmu& mmu_;
  OperandFinder operands_;
  InstructionScan scan_;
  DebugRegisters armed_;                       // whose breakpoints these are
  std::vector<HardwareBreakpoint> execution_;  // of those
  std::vector<HardwareBreakpoint> data_;
  int steps_left_ = 0;
  std::vector<mm::VirtualAddress> places_;  // of execution_, as the processor knows them
};

}  // namespace emu
