#include "emulator/cli/whole_number.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace emu {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("whole numbers between two bounds pass") {
  for (const char* text : {"1", "01", "256", "0256"}) CHECK(whole_number_problem(text, 1, 256).empty());
  CHECK(whole_number_problem("18446744073709551615", 0, UINT64_MAX).empty());
}

TEST_CASE("what is none is refused in a sentence that shows it") {
  for (const char* text : {"", "-1", "+1", "1.5", "1e3", "0x10", " 1", "1 ", "some"})
    CHECK_THAT(whole_number_problem(text, 1, 256),
               ContainsSubstring(std::string("'") + text + "' is no whole number"));
}

TEST_CASE("a number outside the bounds is refused with the bound") {
  CHECK(whole_number_problem("0", 1, 256) == "'0' is too small: 1 is the least");
  CHECK(whole_number_problem("257", 1, 256) == "'257' is too large: 256 is the most");
  CHECK_THAT(whole_number_problem("18446744073709551616", 0, UINT64_MAX), ContainsSubstring("is too large"));
}

}  // namespace
}  // namespace emu
