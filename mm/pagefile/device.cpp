#include "mm/pagefile/device.h"

#include <algorithm>
#include <cmath>

namespace mm {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

namespace ssd {
constexpr Time kRead = microseconds(100), kWrite = microseconds(25);
constexpr Time kPage = nanoseconds(7'900);
}  // namespace ssd

namespace hdd {
constexpr Time kNextTrack = microseconds(1'000), kAcross = microseconds(14'000);
constexpr Time kHalfTurn = microseconds(4'167);
constexpr Time kPage = nanoseconds(26'300);
constexpr double kPages = 1e12 / kPageSize;

// The arm speeds up half the way and slows down the other half, so that the time grows with the root of the
// way (Ruemmler and Wilkes, "An introduction to disk drive modeling", IEEE Computer, March 1994). With a
// third of the way, the average one, it is the data sheet's 8.5 ms.
Time seek(uint32_t from, uint32_t to) {
  const double way = std::abs(static_cast<double>(to) - static_cast<double>(from)) / kPages;
  return kNextTrack + std::chrono::duration_cast<Time>((kAcross - kNextTrack) * std::sqrt(way));
}

Time positioning(uint32_t from, uint32_t to) {
  return from == to ? Time(0) : seek(from, to) + kHalfTurn;  // what follows comes under the head by itself
}
}  // namespace hdd

}  // namespace

Time PagingDevice::duration(TransferDirection direction, uint32_t first, PageCount pages) const {
  switch (kind_) {
    case DeviceKind::None: break;
    case DeviceKind::Ssd:
      return (direction == TransferDirection::Read ? ssd::kRead : ssd::kWrite) + pages.value * ssd::kPage;
    case DeviceKind::Hdd: return hdd::positioning(position_, first) + pages.value * hdd::kPage;
  }
  return Time(0);
}

Time PagingDevice::serve(Time now, TransferDirection direction, uint32_t first, PageCount pages) {
  free_at_ = std::max(now, free_at_) + duration(direction, first, pages);
  position_ = first + pages.value;
  return free_at_;
}

}  // namespace mm
