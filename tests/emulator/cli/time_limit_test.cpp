#include "emulator/cli/time_limit.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/mm/base/death.h"

namespace emu {
namespace {

TEST_CASE("A second time limit is refused, with and without a time") {
  for (const uint32_t seconds : {0u, 60u}) {
    const auto death = mm::test::die([&] {
      const TimeLimit first(seconds);
      const TimeLimit second(seconds);
    });
    CHECK(WIFSIGNALED(death.status));
    CHECK_THAT(death.said, Catch::Matchers::ContainsSubstring("a second time limit"));
  }
}

TEST_CASE("Time limits may follow each other") {
  const auto death = mm::test::die([] {
    for (int i = 0; i < 2; ++i) const TimeLimit limit(60);
  });
  CHECK(WIFEXITED(death.status));
  CHECK(death.said.empty());
}

}  // namespace
}  // namespace emu
