// What a device takes, computed by hand from the data sheets' figures that device.h names.
#include "mm/pagefile/device.h"

#include <catch2/catch_test_macros.hpp>

namespace mm::test {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Direction = TransferDirection;

TEST_CASE("A device without a kind takes no time", "[pagefile]") {
  PagingDevice none;
  CHECK_FALSE(none.takes_time());
  CHECK(none.serve(milliseconds(7), Direction::Read, 100, {16}) == milliseconds(7));
}

TEST_CASE("A solid-state disk takes as long wherever a page lies", "[pagefile]") {
  PagingDevice ssd(DeviceKind::Ssd);
  CHECK(ssd.takes_time());
  CHECK(ssd.serve(Time(0), Direction::Read, 1, {1}) == nanoseconds(107'900));
  CHECK(ssd.serve(milliseconds(1), Direction::Read, 900'000, {1}) == milliseconds(1) + nanoseconds(107'900));
  CHECK(ssd.serve(milliseconds(2), Direction::Write, 5, {16}) ==
        milliseconds(2) + microseconds(25) + 16 * nanoseconds(7'900));
}

TEST_CASE("A hard disk goes on for nothing, and takes half a turn and a way for anything else",
          "[pagefile]") {
  PagingDevice hdd(DeviceKind::Hdd);
  const Time page = nanoseconds(26'300);
  CHECK(hdd.serve(Time(0), Direction::Write, 0, {16}) == 16 * page);
  CHECK(hdd.serve(milliseconds(50), Direction::Write, 16, {2}) == milliseconds(50) + 2 * page);
  // To the next track, and no further.
  const Time near = hdd.serve(milliseconds(100), Direction::Read, 19, {1}) - milliseconds(100);
  CHECK(near >= microseconds(1'000 + 4'167) + page);
  CHECK(near < microseconds(1'010 + 4'167) + page);
  // 4 GB of a disk of 1 TB away: the root of 4.29e9 / 1e12 is 0.0655, of 13 ms.
  const Time far = hdd.serve(milliseconds(200), Direction::Read, 20 + (1u << 20), {1}) - milliseconds(200);
  CHECK(far > microseconds(1'000 + 850 + 4'167) + page);
  CHECK(far < microseconds(1'000 + 854 + 4'167) + page);
}

TEST_CASE("Transfers are served one after the other", "[pagefile]") {
  PagingDevice ssd(DeviceKind::Ssd);
  const Time first = ssd.serve(Time(0), Direction::Read, 1, {1});
  const Time second = ssd.serve(microseconds(10), Direction::Read, 2, {1});
  CHECK(second == 2 * first);
  CHECK(ssd.serve(milliseconds(9), Direction::Read, 3, {1}) == milliseconds(9) + first);
}

}  // namespace
}  // namespace mm::test
