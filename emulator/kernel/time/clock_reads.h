// Reads of KUSER_SHARED_DATA, where programs find the time without a service. Each takes time, and finds the
// time that it is: a program that waits by reading alone goes on, however it is driven, though its code takes
// no time while it runs alone (code_time.h).
#pragma once

#include "emulator/board/clock.h"
#include "emulator/kernel/time/code_time.h"
#include "emulator/kernel/time/cost.h"
#include "emulator/kernel/time/shared_user_data.h"
#include "emulator/mmu/read_observer.h"

namespace emu {

class ClockReads final : public ReadObserver {
 public:
  ClockReads(Clock& clock, CodeTime& code_time, SharedUserData& page)
      : clock_(clock), code_time_(code_time), page_(page) {}

  void before_read() override {
    code_time_.charge();
    clock_.charge(cost::kClockRead);
    page_.update_exactly(clock_);
  }

 private:
  Clock& clock_;
  CodeTime& code_time_;
  SharedUserData& page_;
};

}  // namespace emu
