#include "emulator/debugger/expression/address_range.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/emulator/debugger/expression/fixed_context.h"

namespace emu::debugger {
namespace {

const test::FixedContext kContext;

AddressRange range_of(const std::string& text, uint32_t element_size = 4) {
  size_t at = 0;
  const auto range = parse_range(text, at, kContext, element_size);
  INFO(text << ": " << (range ? "" : range.error().text()));
  REQUIRE(range);
  CHECK(at == text.size());
  return *range;
}

std::string error_of(const std::string& text, uint32_t element_size = 4) {
  size_t at = 0;
  const auto range = parse_range(text, at, kContext, element_size);
  INFO(text);
  REQUIRE(!range);
  return range.error().text();
}

TEST_CASE("an address alone has the usual extent") {
  const AddressRange range = range_of("main+4");
  CHECK(range.begin.value == 0x00401504);
  CHECK(range.elements(4, 0x20) == 0x20);
  CHECK(range_of("fffffff0").elements(4, 0x20) == 4);
}

TEST_CASE("L says how many elements") {
  CHECK(range_of("401000 L8").elements(4, 1) == 8);
  CHECK(range_of("401000 l 0n10").elements(4, 1) == 10);
  CHECK(range_of("401000 L(2+3)").elements(4, 1) == 5);
  CHECK(range_of("401000 L?10000000").elements(4, 1) == 0x10000000);
  const AddressRange before = range_of("401000 L-4");
  CHECK(before.begin.value == 0x00400ff0);
  CHECK(before.elements(4, 1) == 4);
}

TEST_CASE("a last address belongs to the range") {
  CHECK(range_of("401000 401007").elements(4, 1) == 2);
  CHECK(range_of("401000 401008").elements(4, 1) == 3);
  CHECK(range_of("401000 401000", 1).elements(1, 9) == 1);
  CHECK(range_of("main loop").elements(1, 1) == 0x101);  // a symbol that begins with l
}

TEST_CASE("a length alone begins at the usual place, where there is one") {
  const auto usual_range = [](const std::string& text) {
    size_t at = 0;
    return parse_range(text, at, kContext, 4, mm::VirtualAddress{0x00401000});
  };
  CHECK(usual_range("L3")->begin.value == 0x00401000);
  CHECK(usual_range(" L 3")->elements(4, 8) == 3);
  CHECK(usual_range("l3")->elements(4, 8) == 3);
  CHECK(usual_range("L-2")->begin.value == 0x00400ff8);
  CHECK(usual_range("loop L2")->begin.value == 0x00401600);
  CHECK(usual_range(". L2")->begin.value == 0x00401234);
  CHECK(error_of("L3") == "column 1: there is no symbol named L3");
}

TEST_CASE("what follows a range is left to others, and nonsense has a column") {
  CHECK(error_of("401000 L0") == "column 9: a range of nothing");
  CHECK(error_of("401000 400000") == "column 8: the range ends before it begins");
  CHECK(error_of("401000 L10000000") == "column 9: the range is larger than 256 MB; say L? if that is meant");
  CHECK(error_of("10 L-8") == "column 6: the range would begin below address 0");
  CHECK(error_of("401000 L") == "column 9: a value is missing");
  CHECK(error_of("401000 L9z") == "column 9: '9z' is not a number of 64 bits");
}

}  // namespace
}  // namespace emu::debugger
