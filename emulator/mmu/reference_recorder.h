// A listener to the guest's reference string, for judging page replacement offline.
#pragma once

#include "mm/base/fault.h"
#include "mm/base/types.h"

namespace emu {

class ReferenceRecorder {
 public:
  virtual ~ReferenceRecorder() = default;

  // Is called inside the processor's loop for every access to another page than the access before, once that
  // page is present. While code runs within one page the processor chains its blocks, so that its fetches are
  // reported only now and then.
  virtual void on_reference(mm::VirtualPageNumber page, mm::Access access) = 0;
};

}  // namespace emu
