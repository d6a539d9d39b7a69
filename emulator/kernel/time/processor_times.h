// How long threads and processes have used the processor (Microsoft, GetThreadTimes, GetProcessTimes).
#pragma once

#include <cstdint>

#include "emulator/board/clock.h"

namespace emu {

class CodeTime;
class Thread;

// The system times at which it began and ended (100 ns since 1601; 0: it has not), and what it has used.
struct ProcessorTimes {
  uint64_t began = 0;
  uint64_t ended = 0;
  Duration kernel{0};
  Duration user{0};
};

// Gives the time that passes to the thread on the processor and to its process: what code takes is user time,
// services, faults and exceptions are kernel time. With the host's clock all of it is user time.
class ProcessorTimeAccount {
 public:
  ProcessorTimeAccount(const Clock& clock, const CodeTime& code)
      : clock_(clock), code_(code), charged_until_(clock.since_boot()) {}

  // The time since the last call was `thread`'s (null: nobody's).
  void charge(Thread* thread);

 private:
  const Clock& clock_;
  const CodeTime& code_;
  Duration charged_until_;
  Duration code_until_{0};
};

}  // namespace emu
