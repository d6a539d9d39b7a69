#include "mm/base/check.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdio>
#include <memory>

#include "tests/mm/base/death.h"

namespace mm {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::Death;
using test::die;

TEST_CASE("A failed check names condition, reason and place, and ends the program", "[base]") {
  const Death death = die([] { MM_CHECK(1 + 1 == 3, "sums are right"); });
  CHECK(WIFSIGNALED(death.status));
  CHECK_THAT(death.said, ContainsSubstring("1 + 1 == 3") && ContainsSubstring("sums are right") &&
                             ContainsSubstring("check_test.cpp"));
}

TEST_CASE("A failed check lets the reporters add what they know, the youngest first", "[base]") {
  const Death death = die([] {
    const CrashReporter first([] { std::fputs("the registers were\n", stderr); });
    {
      const CrashReporter gone([] { std::fputs("of a machine that is no more\n", stderr); });
    }
    const CrashReporter second([] { std::fputs("another's were\n", stderr); });
    MM_CHECK(false, "");
  });
  CHECK_THAT(death.said, ContainsSubstring("another's were\nthe registers were\n"));
  CHECK_THAT(death.said, !ContainsSubstring("no more"));
}

TEST_CASE("Reporters come and go in any order", "[base]") {
  const Death death = die([] {
    auto first = std::make_unique<CrashReporter>([] { std::fputs("first\n", stderr); });
    const CrashReporter second([] { std::fputs("second\n", stderr); });
    first.reset();
    MM_CHECK(false, "");
  });
  CHECK_THAT(death.said, ContainsSubstring("second\n") && !ContainsSubstring("first\n"));
}

TEST_CASE("A reporter that fails a check itself ends the program all the same", "[base]") {
  const Death death = die([] {
    const CrashReporter reporter([] { MM_CHECK(false, "in the report"); });
    MM_CHECK(false, "at first");
  });
  CHECK(WIFSIGNALED(death.status));
  CHECK_THAT(death.said, ContainsSubstring("at first") && ContainsSubstring("in the report"));
}

TEST_CASE("A check that holds does nothing", "[base]") {
  const Death death = die([] { MM_CHECK(true, "never said"); });
  CHECK(WIFEXITED(death.status));
  CHECK(death.said.empty());
}

}  // namespace
}  // namespace mm
