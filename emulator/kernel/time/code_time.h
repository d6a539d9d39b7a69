// Time that code takes. While one thread runs and nobody waits for a time, its code takes none: nothing is
// counted, nothing is slowed down. As soon as threads compete, or one waits for a moment, every byte of code
// that retires is cost::kCodeByte, and the processor stops exactly where a quantum or a time-out is over.
//
// PAUSE tells that a thread waits for another by looking again and again (Intel SDM volume 2B, "PAUSE"),
// which is in vain while that other one does not run: with the kSpins-th PAUSE of its turn a thread has used
// up its quantum. Shorter waits keep it: locks that spin before they block do so 12 to 30 times (libstdc++,
// TBB, Go).
//
// Counting begins and ends at services and stops, which are the same however the guest is driven; that the
// processor may go on counting for a while when nobody needs it is not seen by the guest.
#pragma once

#include <cstdint>

#include "emulator/board/clock.h"
#include "emulator/cpu/cpu.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/waits/waits.h"

namespace emu {

class CodeTime {
 public:
  enum class After : uint8_t { RunOn, Leave };

  CodeTime(Cpu& cpu, Clock& clock, const Scheduler& scheduler, const Waits& waits)
      : cpu_(cpu), clock_(clock), scheduler_(scheduler), waits_(waits) {}

  // --- Outside the processor's loop.
  // Another thread runs next, or the same one again after its quantum.
  void new_quantum() {
    quantum_end_ = clock_.charged() + Scheduler::kQuantum;
    pauses_ = 0;
  }
  bool quantum_over() const { return counting_ && clock_.charged() >= quantum_end_; }
  // Before the guest runs on.
  void prepare();
  // The processor stopped at its limit of code bytes, which can be about nothing.
  void limit_reached();

  // --- Anywhere: the code that ran since the last time takes its time.
  void charge();
  Duration spent() const { return spent_; }  // what code has taken in all
  // --- Inside the loop: PAUSE was executed, and EIP is behind it.
  void paused();
  // --- At the end of a service: whether its thread runs on at once.
  After service_ends();

 private:
  // Bytes that the processor goes on counting without need: turning it on and off voids all translated code.
  static constexpr uint64_t kPatience = 20'000'000;
  static constexpr int kSpins = 32;

  bool needed() const { return scheduler_.ready_count() > 1 || waits_.next_deadline(); }
  void begin();
  void end();
  void set_limit();

  Cpu& cpu_;
  Clock& clock_;
  const Scheduler& scheduler_;
  const Waits& waits_;
  bool counting_ = false;  // code takes time
  uint64_t charged_ = 0;   // code bytes that took their time
  Duration spent_{0};
  Duration quantum_end_{0};
  int pauses_ = 0;  // in this turn, while others were ready
};

}  // namespace emu
