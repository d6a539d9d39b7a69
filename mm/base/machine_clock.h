// The machine's time, as devices need it.
#pragma once

#include <chrono>

namespace mm {

// Since the machine was switched on.
using Time = std::chrono::nanoseconds;

class MachineClock {
 public:
  virtual ~MachineClock() = default;

  virtual Time now() const = 0;
  // Nothing happens before `time`: it passes.
  virtual void wait_until(Time time) = 0;
};

}  // namespace mm
