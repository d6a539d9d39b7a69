// `--timeout`: how much of the host's time a run may take.
//
// When it is over, the run is asked to end between two instructions, so that statistics are still written. A
// run that does not within two seconds, since the host keeps it waiting (a prompt, a full pipe), is ended as
// it stands, with the same line and exit code.
#pragma once

#include <csignal>
#include <cstdint>
#include <ctime>
#include <string>

#include "emulator/kernel/machine.h"

namespace emu {

// What the timer sends. Whoever handles another signal by asking the processor to stop must hold this one
// back meanwhile, as this one does SIGALRM and SIGINT.
inline constexpr int kTimeLimitSignal = SIGVTALRM;

class TimeLimit {
 public:
  // The time begins. 0: no limit. There is one at a time.
  explicit TimeLimit(uint32_t seconds);
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  bool is_set() const { return seconds_ != 0; }
  // `machine` is about to run: until then it is not worth waiting for.
  void watch(Machine& machine);
  // The time stops; it begins anew, from its beginning. A process that fork(2) made has no timer.
  void suspend();
  void begin();
  // The run has ended, and what it left may take its time.
  void disarm();

  static bool passed();
  std::string text() const;  // "stopped after 3 seconds"

 private:
  uint32_t seconds_;
  timer_t timer_{};
};

}  // namespace emu
