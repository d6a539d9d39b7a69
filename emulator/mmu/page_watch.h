// Pages that the processor must not touch unseen: what data breakpoints are made of, those of a debugger and
// the guest's own alike. The MMU keeps such pages out of the processor's TLB, as far as they are watched, and
// stops it before each access to one. Who runs the processor then has that one instruction executed alone,
// with the watches open, and finds out from its operands who saw what. Everything else runs at full speed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "emulator/cpu/tlb_filler.h"
#include "mm/base/types.h"

namespace emu {

class PageWatch {
 public:
  virtual ~PageWatch() = default;

  // Returns the accesses (tlb_right::) to `page`, which `frame` holds, that this watch wants to see. The MMU
  // asks at each TLB miss whose walk succeeds.
  virtual uint8_t watched(mm::VirtualPageNumber page, mm::PageFrameNumber frame) const = 0;
};

// The watches of a machine. A caller that adds or removes one must have the processor forget its translations
// (Mmu::watch does).
class PageWatches {
 public:
  void add(const PageWatch& watch) {
    if (std::find(all_.begin(), all_.end(), &watch) == all_.end()) all_.push_back(&watch);
  }
  // Returns whether the watch was there.
  bool remove(const PageWatch& watch) { return std::erase(all_, &watch) != 0; }

  // Returns the rights that no TLB entry for the page may give; none while the watches are open.
  uint8_t withheld(mm::VirtualPageNumber page, mm::PageFrameNumber frame) const {
    if (all_.empty() || open_) return 0;
    uint8_t rights = 0;
    for (const PageWatch* watch : all_) rights |= watch->watched(page, frame);
    return rights;
  }

  // Notes that the processor is being stopped before an access that is watched.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  void open() {
    open_ = true;
    stopped_ = false;
  }
  void close() { open_ = false; }

 private:
  std::vector<const PageWatch*> all_;
  bool stopped_ = false;
  bool open_ = false;
};

}  // namespace emu
