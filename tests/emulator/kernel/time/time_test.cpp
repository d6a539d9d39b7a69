#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "emulator/board/clock.h"
#include "emulator/kernel/time/shared_user_data.h"

namespace emu {
namespace {

using namespace std::chrono_literals;

TEST_CASE("virtual time moves when it is told to") {
  Clock clock(ClockSource::Virtual);
  CHECK(clock.since_boot() == Clock::kUptime);
  const uint64_t up = clock.milliseconds();
  CHECK(up > 0);
  const uint64_t boot = clock.system_time();
  clock.charge(1500us);
  clock.wait_until(Clock::kUptime + 1ms);  // past already
  CHECK(clock.since_boot() == Clock::kUptime + 1500us);
  clock.wait_until(Clock::kUptime + 2s);
  CHECK(clock.milliseconds() == up + 2000);
  CHECK(clock.performance_counter() == (up + 2000) * 10'000);
  CHECK(clock.system_time() - boot == 20'000'000);
  CHECK(clock.time_stamp() == (up + 2000) * 1'000'000 + 20);
}

TEST_CASE("host time moves by itself") {
  Clock clock(ClockSource::Host);
  const auto before = clock.since_boot();
  clock.wait_until(before + 2ms);
  CHECK(clock.since_boot() >= before + 2ms);
}

TEST_CASE("shared user data holds what Windows puts there") {
  alignas(8) std::array<std::byte, mm::kPageSize> page{};
  SharedUserData shared(page, mm::PageCount{4096});
  Clock clock(ClockSource::Virtual);
  clock.wait_until(std::chrono::hours(24 * 60));  // past what 32 bits of milliseconds hold
  shared.update(clock);
  const auto word = [&](size_t at) {
    uint32_t value;
    std::memcpy(&value, page.data() + at, sizeof value);
    return value;
  };
  CHECK(word(0x26C) == 10);
  CHECK((word(0x260) & 0xFFFF) == 19045);
  CHECK(word(0x2E8) == 4096);
  CHECK(std::memcmp(page.data() + 0x30, u"C:\\Windows", 22) == 0);
  for (const size_t at : {size_t{0x008}, size_t{0x014}, size_t{0x320}})
    CHECK(word(at + 4) == word(at + 8));  // KSYSTEM_TIME
  // GetTickCount64's formula.
  const uint64_t ticks = uint64_t{word(0x324)} << 32 | word(0x320);
  const uint64_t milliseconds = (ticks * word(0x004)) >> 24;
  CHECK(milliseconds == clock.milliseconds());
}

}  // namespace
}  // namespace emu
