// An object that threads can wait for: its state, and who waits. What a wait does is in kernel/waits/.
#pragma once

#include "emulator/kernel/objects/kernel_object.h"
#include "emulator/kernel/waits/wait_queue.h"
#include "mm/base/nt_status.h"

namespace emu {

class Thread;

class DispatcherObject : public KernelObject {
 public:
  DispatcherObject* as_dispatcher() final { return this; }

  // Whether a wait of `thread` for this object would end at once.
  virtual bool is_signalled_for(const Thread& thread) const = 0;

  // Takes what the end of a wait takes: an auto-reset event is reset, a mutant gets its owner. Only when
  // is_signalled_for(thread). STATUS_SUCCESS, or STATUS_ABANDONED_WAIT_0.
  virtual mm::NtStatus satisfy(Thread& thread) = 0;

  WaitQueue waiters;
};

}  // namespace emu
