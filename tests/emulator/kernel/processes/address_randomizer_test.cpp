#include "emulator/kernel/processes/address_randomizer.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <vector>

#include "emulator/kernel/processes/process.h"

namespace emu {
namespace {

constexpr mm::Placement kUsual;
constexpr int kDraws = 20'000;

std::vector<uint32_t> draws(uint64_t seed) {
  AddressRandomizer randomizer(seed);
  std::vector<uint32_t> drawn;
  for (int i = 0; i < 8; ++i) {
    const mm::Placement placement = randomizer.process();
    const StackShift shift = randomizer.stack();
    drawn.insert(drawn.end(), {placement.lowest.value, placement.highest.value, shift.reservation,
                               shift.pointer, randomizer.program_shift(), randomizer.dll_bias()});
  }
  return drawn;
}

// That it takes every multiple of `unit` from `least` to `most`, and nothing else.
template <typename Draw>
void check_range(uint32_t unit, uint32_t least, uint32_t most, Draw&& draw) {
  std::set<uint32_t> drawn;
  for (int i = 0; i < kDraws; ++i) drawn.insert(draw());
  CHECK(*drawn.begin() == least);
  CHECK(*drawn.rbegin() == most);
  CHECK(drawn.size() == (most - least) / unit + 1);
  CHECK(std::all_of(drawn.begin(), drawn.end(), [&](uint32_t value) { return (value - least) % unit == 0; }));
}

TEST_CASE("Without a seed nothing moves", "[randomizer]") {
  AddressRandomizer randomizer(std::nullopt);
  CHECK_FALSE(randomizer.on());
  CHECK(randomizer.process().lowest == kUsual.lowest);
  CHECK(randomizer.process().highest == kUsual.highest);
  CHECK(randomizer.process_cookie() == 0);
  CHECK(randomizer.stack().reservation == 0);
  CHECK(randomizer.stack().pointer == 0);
  CHECK(randomizer.program_shift() == 0);
  CHECK(randomizer.dll_bias() == 0);
}

TEST_CASE("A seed gives the same numbers again, another one others", "[randomizer]") {
  std::set<std::vector<uint32_t>> all;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    CHECK(draws(seed) == draws(seed));
    all.insert(draws(seed));
  }
  CHECK(all.size() == 100);
}

// Windows Internals, 7th edition, part 1, chapter 5.
TEST_CASE("What is drawn takes every place that Windows would take", "[randomizer]") {
  AddressRandomizer randomizer(1);
  check_range(0x10000, 0x000A0000, 0x000A0000 + 0xFF0000, [&] { return randomizer.process().lowest.value; });
  check_range(0x10000, 0x7FFEFFFF - 0xFF0000, 0x7FFEFFFF, [&] { return randomizer.process().highest.value; });
  check_range(0x10000, 0, 0x1F0000, [&] { return randomizer.stack().reservation; });
  check_range(4, 0, 0x7FC, [&] { return randomizer.stack().pointer; });
  check_range(0x10000, 0x10000, 0xFE0000, [&] { return randomizer.program_shift(); });
  check_range(0x10000, 0, 0xFF0000, [&] { return randomizer.dll_bias(); });
}

}  // namespace
}  // namespace emu
