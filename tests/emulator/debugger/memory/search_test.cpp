#include "emulator/debugger/memory/search.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/debugger/memory/byte_memory.h"

namespace emu::debugger::test {
namespace {

using mm::VirtualAddress;
using Found = std::vector<VirtualAddress>;

TEST_CASE("Matches are found at both ends of the range and across pages", "[debugger]") {
  ByteMemory memory;
  memory.put({0x1000}, {'a', 'b'});
  memory.put({0x1FFF}, {'a', 'b'});
  memory.put({0x2FFE}, {'a', 'b'});
  const auto ab = ascii_pattern("ab");
  CHECK(search(memory, {0x1000}, 0x2000, ab) == Found{{0x1000}, {0x1FFF}, {0x2FFE}});
  CHECK(search(memory, {0x1001}, 0x1FFF, ab) == Found{{0x1FFF}, {0x2FFE}});
  CHECK(search(memory, {0x1000}, 0x1FFF, ab) == Found{{0x1000}, {0x1FFF}});
}

TEST_CASE("What cannot be read matches nothing, and is passed over", "[debugger]") {
  ByteMemory memory;
  memory.put({0x1FFF}, {'a'});
  memory.put({0x3000}, {'b', 'a', 'b'});
  CHECK(search(memory, {0}, 0x10000, ascii_pattern("ab")) == Found{{0x3001}});
  CHECK(search(memory, {0xFFFFF000}, 0x10000, ascii_pattern("ab")).empty());
}

TEST_CASE("Overlapping matches are all found", "[debugger]") {
  ByteMemory memory;
  memory.put({0x1FFE}, {'a', 'a', 'a', 'a'});
  CHECK(search(memory, {0x1000}, 0x2000, ascii_pattern("aa")) == Found{{0x1FFE}, {0x1FFF}, {0x2000}});
}

TEST_CASE("Searches are bounded", "[debugger]") {
  ByteMemory memory;
  memory.put({0x1000}, std::vector<uint8_t>(3 * mm::kPageSize, 7));
  const std::vector<uint8_t> seven{7};
  CHECK(search(memory, {0x1000}, 3 * mm::kPageSize, seven).size() == kMostFound);
  CHECK(search(memory, {0x1000}, 100, {}).empty());
  CHECK(search(memory, {0x1000}, 5000, std::vector<uint8_t>(kLongestPattern + 1, 7)).empty());
  CHECK(search(memory, {0x1000}, 5000, std::vector<uint8_t>(kLongestPattern, 7)).size() ==
        5000 - kLongestPattern + 1);
}

TEST_CASE("A search finds what a search byte by byte finds", "[debugger]") {
  REQUIRE(rc::check([] {
    ByteMemory memory;
    const auto letters = [](size_t count) {
      return *rc::gen::container<std::vector<uint8_t>>(count, rc::gen::inRange<uint8_t>(0, 2));
    };
    const std::vector<uint8_t> bytes = letters(40);
    const std::vector<uint8_t> pattern = letters(*rc::gen::inRange<size_t>(1, 6));
    const uint32_t base = 0x2000 - 20;
    memory.put({base}, bytes);
    Found expected;
    for (size_t i = 0; i + pattern.size() <= bytes.size(); ++i)
      if (std::equal(pattern.begin(), pattern.end(), bytes.begin() + static_cast<std::ptrdiff_t>(i)))
        expected.push_back({base + static_cast<uint32_t>(i)});
    RC_ASSERT(search(memory, {base}, bytes.size(), pattern) == expected);
  }));
}

TEST_CASE("Texts are searched as ASCII or UTF-16, and shown as db does", "[debugger]") {
  CHECK(unicode_pattern("A\xc3\xa9") == std::vector<uint8_t>{0x41, 0, 0xE9, 0});
  ByteMemory memory;
  memory.put({0x1000}, {'H', 'i'});
  const auto found = search(memory, {0x1000}, 16, ascii_pattern("Hi"));
  CHECK(search_text(memory, found) ==
        "00001000  48 69 00 00 00 00 00 00-00 00 00 00 00 00 00 00  Hi..............\n");
  CHECK(search_json(found)["matches"] == Json::array({"0x00001000"}));
}

}  // namespace
}  // namespace emu::debugger::test
