#include "emulator/kernel/services/capture.h"

#include <algorithm>

namespace emu::services {
namespace {

constexpr int64_t kLongestWait = int64_t{1} << 55;  // 100 ns units: 114 years and no overflow in nanoseconds

}  // namespace

Duration deadline_of(const Clock& clock, int64_t interval) {
  const int64_t relative = interval < 0 ? (interval < -kLongestWait ? kLongestWait : -interval)
                                        : interval - static_cast<int64_t>(clock.system_time());
  return clock.since_boot() + Duration(std::clamp<int64_t>(relative, 0, kLongestWait) * 100);
}

mm::Result<std::optional<Duration>> capture_timeout(ServiceCall& call, Clock& clock, mm::VirtualAddress at) {
  if (at.value == 0) return std::optional<Duration>();
  const auto interval = call.memory.load<int64_t>(at);
  if (!interval) return mm::fail(interval.error());
  return std::optional<Duration>(deadline_of(clock, *interval));
}

}  // namespace emu::services
