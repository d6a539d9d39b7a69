// Wakes the threads that wait at a pipe's end.
#pragma once

#include "emulator/kernel/files/pipe.h"
#include "emulator/kernel/waits/waits.h"

namespace emu {

class PipeWaker final : public PipeListener {
 public:
  explicit PipeWaker(Waits& waits) : waits_(waits) {}
  void on_ready(PipeCondition& condition) override { waits_.signalled(condition); }

 private:
  Waits& waits_;
};

}  // namespace emu
