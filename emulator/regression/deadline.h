// A point in time until which somebody waits with poll(2).
#pragma once

#include <algorithm>
#include <chrono>

namespace emu {

inline int milliseconds_until(std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left, 0, 1'000'000'000));
}

}  // namespace emu
