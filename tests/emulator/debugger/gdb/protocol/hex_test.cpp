#include "emulator/debugger/gdb/protocol/hex.h"

#include <catch2/catch_test_macros.hpp>

namespace emu::debugger::gdb::test {
namespace {

TEST_CASE("gdb: bytes as digits, and back") {
  CHECK(to_hex("Hi\n") == "48690a");
  CHECK(text_from_hex("48690A") == "Hi\n");
  CHECK(text_from_hex("").value().empty());
  CHECK_FALSE(text_from_hex("4"));
  CHECK_FALSE(text_from_hex("4g"));
  CHECK(bytes_from_hex("00ff") == std::vector{std::byte{0}, std::byte{0xff}});
}

TEST_CASE("gdb: numbers have 32 bits, however many zeros stand before them") {
  CHECK(number_from_hex("0") == 0u);
  CHECK(number_from_hex("ffffffff") == 0xffffffffu);
  CHECK(number_from_hex("00000000ffffffff") == 0xffffffffu);
  CHECK_FALSE(number_from_hex("100000000"));
  CHECK_FALSE(number_from_hex(""));
  CHECK_FALSE(number_from_hex("0x1"));
  CHECK_FALSE(number_from_hex("-1"));
}

TEST_CASE("gdb: a scanner goes from left to right") {
  Scanner scanner("a0,b:rest:more");
  CHECK(scanner.number() == 0xa0u);
  CHECK_FALSE(scanner.skip(":"));
  CHECK(scanner.skip(","));
  CHECK(scanner.until(':') == "b");
  CHECK(scanner.until(';') == "rest:more");
  CHECK(scanner.at_end());
  CHECK(scanner.until(':').empty());
}

}  // namespace
}  // namespace emu::debugger::gdb::test
