// Pages that the processor must not touch unseen: what data breakpoints are made of.
#pragma once

#include "mm/base/fault.h"
#include "mm/base/types.h"

namespace emu {

class PageWatch {
 public:
  virtual ~PageWatch() = default;

  // Asked at each TLB miss whose walk succeeds. True: the processor stops before the access, and misses again
  // when it runs on.
  virtual bool watches(mm::VirtualPageNumber page, mm::PageFrameNumber frame, mm::Access access) const = 0;
};

}  // namespace emu
