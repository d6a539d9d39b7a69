// Data breakpoints. The MMU keeps the pages that they lie in out of the processor's TLB and stops before each
// access to one; that instruction is then executed alone, and its operands tell whether a breakpoint saw it.
// Whether one waits for the execution of an instruction is known before.
// Everything else runs at full speed. As with the processor's own debug registers, accesses that services
// make are not seen (Intel SDM volume 3, 17.2.5: they are another privilege level's affair).
#pragma once

#include <vector>

#include "emulator/debugger/breakpoints.h"
#include "emulator/kernel/machine.h"
#include "emulator/mmu/operand_finder.h"
#include "emulator/mmu/page_watch.h"

namespace emu::debugger {

class DataWatch final : private PageWatch {
 public:
  DataWatch(Machine& machine, const Breakpoints& breakpoints)
      : machine_(machine), breakpoints_(breakpoints) {}

  // The list has changed.
  void update();

  // The processor stopped before an access to a watched page: the next instruction is to be executed alone.
  bool stopped() const { return stopped_; }

  // Whether a breakpoint waits for the instruction at `eip` to be executed.
  bool sees_execution(const Breakpoint& breakpoint, const Thread& thread, mm::VirtualAddress eip) const {
    return breakpoint.on_execute && sees(breakpoint, thread, eip, 1);
  }

  // Before that instruction, and behind it. What breakpoints saw of it, by number.
  struct Seen {
    uint32_t breakpoint;
    DataAccess access;
  };
  void open(const Thread& thread);
  bool is_open() const { return open_; }
  std::vector<Seen> close(const Stop& stop);

 private:
  bool watches(mm::VirtualPageNumber page, mm::PageFrameNumber frame, mm::Access access) const override;
  bool sees(const Breakpoint& breakpoint, const OperandFinder::Operand& operand) const;
  bool sees(const Breakpoint& breakpoint, const Thread& thread, mm::VirtualAddress address,
            uint32_t size) const;

  Machine& machine_;
  const Breakpoints& breakpoints_;
  OperandFinder operands_;
  bool active_ = false;
  bool open_ = false;
  mutable bool stopped_ = false;
  Registers before_;
  const Thread* thread_ = nullptr;
  std::vector<Seen> seen_;
};

}  // namespace emu::debugger
