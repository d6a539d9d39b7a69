// Data breakpoints. Each is made of watched pages (page_watch.h): an instruction that touches one is executed
// alone, and its operands tell which breakpoint saw it. A breakpoint that waits for execution needs no
// operands; it is known before the instruction. As with the processor's own debug registers, accesses that
// services make are not seen (Intel SDM volume 3, 17.2.5: they are another privilege level's affair).
#pragma once

#include <vector>

#include "emulator/debugger/engine/breakpoints.h"
#include "emulator/mmu/mmu.h"
#include "emulator/mmu/operand_finder.h"
#include "emulator/mmu/page_watch.h"

namespace emu {
class Kernel;
}

namespace emu::debugger {

class DataWatch final : private PageWatch {
 public:
  DataWatch(Kernel& kernel, const Breakpoints& breakpoints);
  ~DataWatch() override;

  // Must be called when the list of breakpoints has changed.
  void update();

  // Tells whether the processor stopped before an access to a watched page, which may be one that somebody
  // else watches; the next instruction is then executed alone.
  bool stopped() const { return active_ && mmu_.stopped_at_watch(); }

  // Tells whether the breakpoint waits for the instruction at `eip` to be executed.
  bool sees_execution(const Breakpoint& breakpoint, const Thread& thread, mm::VirtualAddress eip) const {
    return breakpoint.on_execute && sees(breakpoint, thread, eip, 1);
  }

  // open() is called before the instruction that is executed alone, close() after it. close() returns what
  // breakpoints saw of it, by number.
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

  Kernel& kernel_;
  Mmu& mmu_;
  const Breakpoints& breakpoints_;
  OperandFinder operands_;
  bool active_ = false;
  bool open_ = false;
  Registers before_;
  const Thread* thread_ = nullptr;
  std::vector<Seen> seen_;
};

}  // namespace emu::debugger
