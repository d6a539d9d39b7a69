#include "mm/base/ports.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace mm {
namespace {

TEST_CASE("Guest RAM is addressed by byte and by frame, little-endian", "[base]") {
  std::vector<std::byte> bytes(3 * kPageSize);
  const PhysicalMemory ram{bytes};

  ram.write32({2 * kPageSize + 8}, 0x11223344);

  CHECK(ram.frames() == PageCount{3});
  CHECK(ram.read32({2 * kPageSize + 8}) == 0x11223344u);
  CHECK(ram.frame(PageFrameNumber(2))[8] == std::byte{0x44});
  CHECK(bytes[2 * kPageSize + 11] == std::byte{0x11});
}

TEST_CASE("RAM ends after its last frame", "[base]") {
  std::vector<std::byte> bytes(3 * kPageSize);
  const PhysicalMemory ram{bytes};
  CHECK(ram.contains(PageFrameNumber(2)));
  CHECK_FALSE(ram.contains(PageFrameNumber(3)));
}

}  // namespace
}  // namespace mm
