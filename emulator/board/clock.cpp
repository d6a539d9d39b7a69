#include "emulator/board/clock.h"

#include <thread>

namespace emu {
namespace {

constexpr uint64_t kUnixEpoch = 116'444'736'000'000'000;     // 1970-01-01, in 100 ns since 1601
constexpr uint64_t kVirtualStart = 133'485'408'000'000'000;  // 2024-01-01
static_assert((kVirtualStart - kUnixEpoch) / 10'000'000 == 1'704'067'200);  // the same in Unix time

}  // namespace

Clock::Clock(ClockSource source)
    : source_(source), host_boot_(source == ClockSource::Host ? host_now() : Duration{0}) {}

Duration Clock::host_now() { return std::chrono::steady_clock::now().time_since_epoch(); }

void Clock::wait_until(Duration deadline) {
  const Duration left = deadline - since_boot();
  if (left <= Duration{0}) return;
  if (source_ == ClockSource::Virtual) {
    elapsed_ = deadline;
  } else {
    std::this_thread::sleep_for(left);
  }
}

uint64_t Clock::system_time() const {
  if (source_ == ClockSource::Virtual)
    return kVirtualStart + static_cast<uint64_t>((elapsed_ - kUptime).count()) / 100;
  const Duration unix_time = std::chrono::system_clock::now().time_since_epoch();
  return kUnixEpoch + static_cast<uint64_t>(unix_time.count()) / 100;
}

uint64_t Clock::time_stamp() {
  charge(kTimeStamp);
  return static_cast<uint64_t>(since_boot().count());
}

}  // namespace emu
