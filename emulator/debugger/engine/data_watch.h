// Data breakpoints, on watched pages (page_watch.h): the operands of an instruction that is executed alone
// tell whether a breakpoint saw it. Whether one waits for the execution of an instruction is known before.
// As with the processor's own debug registers, accesses that services
// make are not seen (Intel SDM volume 3, 17.2.5: they are another privilege level's affair).
#pragma once

#include <vector>

#include "emulator/debugger/engine/breakpoints.h"
#include "emulator/kernel/machine.h"
#include "emulator/mmu/operand_finder.h"
#include "emulator/mmu/page_watch.h"

namespace emu::debugger {

class DataWatch final : private PageWatch {
 public:
  DataWatch(Machine& machine, const Breakpoints& breakpoints)
      : machine_(machine), breakpoints_(breakpoints) {}
  ~DataWatch() override { machine_.mmu().unwatch(*this); }

  // The list has changed.
  void update();

  // The processor stopped before an access to a watched page, perhaps of somebody else's: the next
  // instruction will be executed alone.
  bool stopped() const { return active_ && machine_.mmu().stopped_at_watch(); }

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
  uint8_t watched(mm::VirtualPageNumber page, mm::PageFrameNumber frame) const override;
  bool sees(const Breakpoint& breakpoint, const OperandFinder::Operand& operand) const;
  bool sees(const Breakpoint& breakpoint, const Thread& thread, mm::VirtualAddress address,
            uint32_t size) const;

  Machine& machine_;
  const Breakpoints& breakpoints_;
  OperandFinder operands_;
  bool active_ = false;
  bool open_ = false;
  Registers before_;
  const Thread* thread_ = nullptr;
  std::vector<Seen> seen_;
};

}  // namespace emu::debugger
