// Runs work that may crash, hang or eat memory on what a hostile file contains, in a process of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace emu::debugger {

struct WorkLimits {
  unsigned seconds = 60;                      // of processor time
  size_t memory = size_t{2} << 30;            // bytes, besides what is there already
  size_t largest_result = size_t{256} << 20;  // bytes
};

// Runs `work` in a child process and returns what it returned. The child is a fork: it sees everything that
// the caller does, and nothing but the result comes back. A failure is the end of a sentence: "crashed",
// "took too long".
tl::expected<std::vector<std::byte>, std::string> work_isolated(
    const std::function<std::vector<std::byte>()>& work, const WorkLimits& limits = {});

}  // namespace emu::debugger
