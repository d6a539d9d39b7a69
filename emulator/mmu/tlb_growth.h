// Decides when to flush the processor's TLB so that it grows: Unicorn grows it only when it is flushed.
// Random access over 4 MB costs 340 ns each in a TLB that never grew, 17 ns in one that did.
#pragma once

#include <cstdint>

namespace emu {

class TlbGrowth {
 public:
  // Counts a miss, and returns true when so many came since the last flush that a larger TLB would pay.
  // Flushes that do not help (the TLB is as large as it gets) become rarer by themselves.
  bool miss() {
    if (++misses_ < interval_) return false;
    if (++flushes_ % kFlushesPerInterval == 0 && interval_ < kLongestInterval) interval_ *= 2;
    return true;
  }
  void flushed() { misses_ = 0; }

 private:
  static constexpr uint32_t kShortestInterval = 2048;
  static constexpr uint32_t kLongestInterval = 1u << 22;
  static constexpr uint32_t kFlushesPerInterval = 64;

  uint32_t misses_ = 0;
  uint32_t flushes_ = 0;
  uint32_t interval_ = kShortestInterval;
};

}  // namespace emu
