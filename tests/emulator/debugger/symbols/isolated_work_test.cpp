#include "emulator/debugger/symbols/isolated_work.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <stdexcept>

namespace emu::debugger {
namespace {

using Bytes = std::vector<std::byte>;

TEST_CASE("work that goes well brings its bytes back") {
  CHECK(work_isolated([] { return Bytes{}; }) == Bytes{});
  const Bytes large(300'000, std::byte{7});
  CHECK(work_isolated([&] { return Bytes(large); }) == large);
  int touched = 0;
  CHECK(work_isolated([&] {
    touched = 1;
    return Bytes{};
  }));
  CHECK(touched == 0);
}

Bytes work_without_end() {
  volatile bool going_on = true;
  while (going_on) {
  }
  return {};
}

TEST_CASE("work that goes wrong does no harm here") {
  CHECK(work_isolated([]() -> Bytes { abort(); }).error() == "crashed");
  CHECK(work_isolated([]() -> Bytes { throw std::runtime_error("no"); }).error() == "crashed");
  CHECK(work_isolated([]() -> Bytes { _exit(3); }).error() == "failed");
  const WorkLimits limits{.seconds = 1, .memory = size_t{64} << 20, .largest_result = 1000};
  CHECK(work_isolated(work_without_end, limits).error() == "took too long");
  CHECK(work_isolated([] { return Bytes(2000); }, limits).error() == "gave too much");
}

}  // namespace
}  // namespace emu::debugger
