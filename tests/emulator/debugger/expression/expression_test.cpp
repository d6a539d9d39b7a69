#include "emulator/debugger/expression/expression.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "emulator/debugger/expression/register_name.h"
#include "tests/emulator/debugger/expression/fixed_context.h"

namespace emu::debugger {
namespace {

const test::FixedContext kContext;

uint64_t value_of(const std::string& text) {
  const auto value = evaluate(text, kContext);
  INFO(text << ": " << (value ? "" : value.error().text()));
  REQUIRE(value);
  return *value;
}

std::string error_of(const std::string& text) {
  const auto value = evaluate(text, kContext);
  INFO(text);
  REQUIRE(!value);
  return value.error().text();
}

TEST_CASE("numbers are hexadecimal unless they say otherwise") {
  CHECK(value_of("10") == 16);
  CHECK(value_of("0x10") == 16);
  CHECK(value_of("0X4aB3") == 0x4AB3);
  CHECK(value_of("4ab3h") == 0x4AB3);
  CHECK(value_of("0n10") == 10);
  CHECK(value_of("0t17") == 15);
  CHECK(value_of("0y101") == 5);
  CHECK(value_of("0x") == 0);
  CHECK(value_of("add") == 0xADD);
  CHECK(value_of("ffffffff") == 0xFFFFFFFF);
  CHECK(value_of("123456789abcdef0") == 0x123456789ABCDEF0);
  CHECK(value_of("12345678`9abcdef0") == 0x123456789ABCDEF0);
  CHECK(value_of("0x1`0 + 1") == 0x100000001);
  CHECK(value_of("0`ffffffff") == 0xFFFFFFFF);
  CHECK(value_of("'A'") == 0x41);
  CHECK(value_of("'AB'+1") == 0x4143);
}

TEST_CASE("registers, their parts, flags and pseudo-registers have values") {
  CHECK(value_of("@eax") == 0x11223344);
  CHECK(value_of("EAX") == 0x11223344);
  CHECK(value_of("ax") == 0x3344);
  CHECK(value_of("@al") == 0x44);
  CHECK(value_of("@ah") == 0x33);
  CHECK(value_of("sp") == 0x2000);
  CHECK(value_of("@zf") == 1);
  CHECK(value_of("@cf") == 0);
  CHECK(value_of("pf") == 1);
  CHECK(value_of("@cs") == 0x1b);
  CHECK(value_of("@$ip") == 0x00401234);
  CHECK(value_of("$ra") == 0x00405678);
  CHECK(value_of("@$peb+2") == 0x7FFD0002);
  CHECK(value_of("@$retreg") == 0x11223344);
  CHECK(value_of(".") == 0x00401234);
  CHECK(value_of(". + 4") == 0x00401238);
}

// Microsoft, "Sign Extension": constants are not extended in user mode, 32-bit registers are,
// pseudo-registers are not.
TEST_CASE("registers of 32 bits are extended by their sign, and nothing else is") {
  CHECK(value_of("@ebx") == 0xFFFFFFFFFFFFFFFF);
  CHECK(value_of("@ebx == -1") == 1);
  CHECK(value_of("ffffffff == -1") == 0);
  CHECK(value_of("@ebx & 0`ffffffff") == 0xFFFFFFFF);
  CHECK(value_of("@$t0") == 0x180000000);
  CHECK(value_of("poi(@esp+4)") == 0x9ABCDEF0);
  CHECK(value_of("by(@ebx + 402002)") == 0x56);  // wraps around at 64 bits
}

// The same page: 32 bits are shown where the upper half is zeros, or the sign of the lower one.
TEST_CASE("numbers are shown with as many bits as they need") {
  CHECK(number_words(0) == "00000000");
  CHECK(number_words(0xFFFFFFFF) == "ffffffff");
  CHECK(number_words(0xFFFFFFFF80000000) == "80000000");
  CHECK(number_words(0xFFFFFFFF7FFFFFFF) == "ffffffff`7fffffff");
  CHECK(number_words(0x100000000) == "00000001`00000000");
  CHECK(as_address(0xFFFFFFFF80000000) == 0x80000000);
  CHECK(as_address(0x100000000) == std::nullopt);
}

TEST_CASE("a part of a register is replaced without touching the rest") {
  CHECK(register_part("ah").with(0x11223344, 0xAB) == 0x1122AB44);
  CHECK(register_part("ax").with(0x11223344, 0xFFFFABCD) == 0x1122ABCD);
  CHECK(register_part("zf").with(0, 1) == 0x40);
  CHECK(register_part("eax").with(1, 2) == 2);
}

TEST_CASE("symbols and source lines are addresses") {
  CHECK(value_of("main") == 0x00401500);
  CHECK(value_of("hello!main + 4") == 0x00401504);
  CHECK(value_of("!add") == 0x00401500);
  CHECK(value_of("hello.c:12") == 0x00401510);
  CHECK(value_of("`src/hello.c:12`+1") == 0x00401511);
}

TEST_CASE("memory is read through by, wo, dwo and poi") {
  CHECK(value_of("poi(402000)") == 0x12345678);
  CHECK(value_of("poi @esp") == 0x12345678);
  CHECK(value_of("poi(@esp)+4") == 0x1234567C);
  CHECK(value_of("poi @esp+4") == 0x1234567C);
  CHECK(value_of("poi(@esp+4)") == 0x9ABCDEF0);
  CHECK(value_of("by(402003)") == 0x12);
  CHECK(value_of("qwo(402000)") == 0x9ABCDEF012345678);
  CHECK(value_of("wo(402002)") == 0x1234);
  CHECK(value_of("dwo(402000) == poi(402000)") == 1);
  CHECK(value_of("low(@eax)") == 0x3344);
  CHECK(value_of("hi(@eax)") == 0x1122);
  CHECK(value_of("high(@eax)") == 0x1122);
}

TEST_CASE("operators bind as the manual has it") {
  CHECK(value_of("1+2*3") == 7);
  CHECK(value_of("(1+2)*3") == 9);
  CHECK(value_of("10-4-3") == 9);
  CHECK(value_of("0n17 mod 5 + 1") == 3);
  CHECK(value_of("1<<4+1") == 32);
  CHECK(value_of("f0 & 3c | 1 ^ 3") == 0x32);
  CHECK(value_of("1 or 6 and 3") == 3);
  CHECK(value_of("3 = 3 & 1") == 1);
  CHECK(value_of("5 > 4 && 0 || 1") == 1);
  CHECK(value_of("-1 > 0") == 1);  // unsigned
  CHECK(value_of("80000000`00000000 >>> 3f") == 0xFFFFFFFFFFFFFFFF);
  CHECK(value_of("80000000 >>> 1f") == 1);
  CHECK(value_of("80000000 >> 1f") == 1);
  CHECK(value_of("1 << 20") == 0x100000000);
  CHECK(value_of("1 << 40") == 0);
  CHECK(value_of("not 0") == 1);
  CHECK(value_of("not 5 + 1") == 1);
  CHECK(value_of("~0") == 0xFFFFFFFFFFFFFFFF);
  CHECK(value_of("--5") == 5);
  CHECK(value_of("ffffffff+1") == 0x100000000);
  CHECK(value_of("@ebx*@ebx") == 1);
}

TEST_CASE("what the left side decides does not look at the right side") {
  CHECK(value_of("0 && poi(0)") == 0);
  CHECK(value_of("2 || poi(0)") == 1);
  CHECK(error_of("1 && poi(0)") == "column 6: memory at 00000000 cannot be read");
}

TEST_CASE("errors are one line that names the column") {
  CHECK(error_of("") == "column 1: a value is missing");
  CHECK(error_of("1+") == "column 3: a value is missing");
  CHECK(error_of("1 2") == "column 3: an operator is missing before '2'");
  CHECK(error_of("1+*2") == "column 3: a value is missing before '*'");
  CHECK(error_of("(1+2") == "column 1: the parenthesis is not closed");
  CHECK(error_of("1)") == "column 2: an operator is missing before ')'");
  CHECK(error_of("4+nowhere") == "column 3: there is no symbol named nowhere");
  CHECK(error_of("@nothing") == "column 1: there is no register named nothing");
  CHECK(error_of("12345678123456789") == "column 1: '12345678123456789' is not a number of 64 bits");
  CHECK(error_of("123456789`0") == "column 1: '123456789`0' is not a number of 64 bits");
  CHECK(error_of("0n12a") == "column 1: '0n12a' is not a number of 64 bits");
  CHECK(error_of("'123456789'") == "column 1: ''123456789'' is not a number of 64 bits");
  CHECK(error_of("'A") == "column 1: the closing ' is missing");
  CHECK(error_of("1+poi(1`00000000)") == "column 3: 00000001`00000000 is no address of 32 bits");
  CHECK(error_of("8/(2-2)") == "column 2: division by zero");
  CHECK(error_of("8%0") == "column 2: division by zero");
  CHECK(error_of("poi(40200d)") == "column 1: memory at 0040200d cannot be read");
  CHECK(error_of("1 # 2") == "column 3: an operator is missing before '#'");
  CHECK(error_of("`hello.c:12") == "column 1: the closing ` is missing");
}

TEST_CASE("nesting is bounded, however it is made") {
  const auto repeat = [](const std::string& text, size_t count) {
    std::string all;
    for (size_t i = 0; i < count; ++i) all += text;
    return all;
  };
  CHECK(value_of(repeat("(", 200) + "1" + repeat(")", 200)) == 1);
  CHECK(value_of("1" + repeat("+1", 200)) == 201);
  for (const std::string& text :
       {repeat("(", 100'000), repeat("-", 100'000) + "1", "1" + repeat("+1", 100'000),
        repeat("1||1&&1|1^1&1==1<<1+1*(", 10'000), repeat("poi ", 100'000)})
    CHECK(!evaluate(text, kContext));
}

}  // namespace
}  // namespace emu::debugger
