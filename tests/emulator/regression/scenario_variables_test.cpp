#include "emulator/regression/scenario_variables.h"

#include <catch2/catch_test_macros.hpp>

namespace emu {
namespace {

TEST_CASE("Variables are replaced once, wherever they stand", "[regression]") {
  const ScenarioVariables variables("/g", "/s", "/${guest}");
  CHECK(variables.expand("${guest}/a:${scenario}${guest}") == "/g/a:/s/g");
  CHECK(variables.expand("${scratch}") == "/${guest}");
  CHECK(variables.expand("").empty());
  CHECK(variables.expand("a $ {guest} $guest ${guest ${") == "a $ {guest} $guest ${guest ${");
  CHECK(variables.expand("${gust}!") == "${gust}!");
}

TEST_CASE("A variable that there is not is found", "[regression]") {
  CHECK_FALSE(unknown_variable("${guest} ${scenario} ${scratch} $x {y} ${z"));
  CHECK(unknown_variable("${guest}/${gust}/${other}") == "${gust}");
  CHECK(unknown_variable("${}") == "${}");
  CHECK(unknown_variable("${Guest}") == "${Guest}");
}

}  // namespace
}  // namespace emu
