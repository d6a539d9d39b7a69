#include "mm/base/types.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>

namespace mm {
namespace {

TEST_CASE("A linear address splits into page and offset, and comes back", "[base]") {
  REQUIRE(rc::check([](uint32_t raw) {
    const VirtualAddress address{raw};
    RC_ASSERT(address.page().address() + address.offset() == address);
    RC_ASSERT(address.page().value() == raw / 4096);
    RC_ASSERT(address.offset() == raw % 4096);
  }));
}

TEST_CASE("A physical address splits into frame and offset, past 4 GB too", "[base]") {
  const PhysicalAddress address{0x9'8765'4321};
  CHECK(address.frame() == PageFrameNumber(0x987654));
  CHECK(address.offset() == 0x321);
  CHECK(PageFrameNumber(0x987654).address() == PhysicalAddress{0x9'8765'4000});
}

TEST_CASE("pages_for rounds up to whole pages", "[base]") {
  CHECK(pages_for(0) == PageCount{0});
  CHECK(pages_for(1) == PageCount{1});
  CHECK(pages_for(4096) == PageCount{1});
  CHECK(pages_for(4097) == PageCount{2});
  CHECK(pages_for(uint64_t{4} << 30) == PageCount{0x100000});
  CHECK(PageCount{0x100000}.bytes() == uint64_t{4} << 30);
}

TEST_CASE("A range touches exactly the pages that hold one of its bytes", "[base]") {
  REQUIRE(rc::check([](uint32_t start) {
    const auto size = *rc::gen::inRange<uint64_t>(1, 5 * 4096);
    RC_PRE(uint64_t{start} + size <= uint64_t{1} << 32);
    const PageRange range = PageRange::touching(VirtualAddress{start}, size);
    RC_ASSERT(range.begin.value() == start / 4096);
    RC_ASSERT(range.end.value() == (start + size - 1) / 4096 + 1);
  }));
}

TEST_CASE("Ranges contain and overlap as half-open intervals do", "[base]") {
  const auto range = [](uint32_t begin, uint32_t end) {
    return PageRange{VirtualPageNumber(begin), VirtualPageNumber(end)};
  };
  CHECK(range(2, 5).size() == PageCount{3});
  CHECK(range(3, 3).empty());
  CHECK(range(2, 5).contains(VirtualPageNumber(2)));
  CHECK_FALSE(range(2, 5).contains(VirtualPageNumber(5)));
  CHECK(range(2, 5).contains(range(3, 5)));
  CHECK_FALSE(range(2, 5).contains(range(3, 6)));
  CHECK(range(2, 5).overlaps(range(4, 9)));
  CHECK_FALSE(range(2, 5).overlaps(range(5, 9)));
}

}  // namespace
}  // namespace mm
