#include "emulator/cli/run_command.h"

#include <catch2/catch_test_macros.hpp>

namespace emu {
namespace {

using Programs = std::vector<std::vector<std::string>>;

TEST_CASE("The word --and separates programs") {
  CHECK(split_programs({"a", "1", "--and", "b", "--and", "c", "2"}) ==
        Programs{{"a", "1"}, {"b"}, {"c", "2"}});
  CHECK(split_programs({"a", "--and"}) == Programs{{"a"}, {}});
  CHECK(split_programs({"a", "--android", "and", "-and", ""}) ==
        Programs{{"a", "--android", "and", "-and", ""}});
}

TEST_CASE("a backslash before --and makes an argument of it, and is taken away") {
  CHECK(split_programs({"a", "\\--and", "b"}) == Programs{{"a", "--and", "b"}});
  CHECK(split_programs({"a", "\\\\--and"}) == Programs{{"a", "\\--and"}});
  CHECK(split_programs({"a", "x\\--and", "\\x--and", "\\--and2"}) ==
        Programs{{"a", "x\\--and", "\\x--and", "\\--and2"}});
}

}  // namespace
}  // namespace emu
