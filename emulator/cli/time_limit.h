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

namespace emu {

class Board;

// The signal that the timer sends. The handler of another signal that asks the processor to stop must block
// this one while it runs, as the handler of this one blocks SIGALRM and SIGINT.
inline constexpr int kTimeLimitSignal = SIGVTALRM;

class TimeLimit {
 public:
  // Starts the time; 0 seconds means no limit. There can be only one time limit at a time in the whole
  // program: a second one stops it (MM_CHECK).
  explicit TimeLimit(uint32_t seconds);
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  bool is_set() const { return seconds_ != 0; }
  // Tells that the guest on `board` is about to run. When the time is over before that, the process ends at
  // once.
  void watch(Board& board);
  // suspend() stops the time, begin() starts it again with all of its seconds; a process that fork(2) made
  // has no timer until it calls begin().
  void suspend();
  void begin();
  // Tells that the run has ended: what is left to do may take any time.
  void disarm();

  static bool passed();
  std::string text() const;  // "stopped after 3 seconds"

 private:
  uint32_t seconds_;
  timer_t timer_{};
};

}  // namespace emu
