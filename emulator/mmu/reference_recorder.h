// A listener to the guest's reference string, for judging page replacement offline.
#pragma once

#include "mm/base/fault.h"
#include "mm/base/types.h"

namespace emu {

class ReferenceRecorder {
 public:
  virtual ~ReferenceRecorder() = default;

  // Called inside the processor's loop for every access to another page than the access before, once its page
  // is there. Code that runs within one page is chained and says so only now and then.
  virtual void on_reference(mm::VirtualPageNumber page, mm::Access access) = 0;
};

}  // namespace emu
