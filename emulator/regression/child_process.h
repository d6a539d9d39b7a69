// Runs a program to its end and keeps what it wrote.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace emu {

struct ChildRequest {
  std::vector<std::string> command;  // the program's path, then its arguments
  std::filesystem::path input;       // the file that is its standard input
  std::chrono::milliseconds timeout{};
};

struct ChildResult {
  enum class End {
    Exited,         // code: the exit code
    Signalled,      // code: the signal
    TimedOut,       // killed
    TooMuchOutput,  // killed: one stream passed kLargestOutput
    NotStarted,     // code: errno
  };

  End end = End::NotStarted;
  int code = 0;
  std::string output;  // standard output
  std::string errors;  // standard error

  bool operator==(const ChildResult&) const = default;
};

inline constexpr size_t kLargestOutput = size_t{64} << 20;

// Runs the program to its end. Safe to call from several threads at once. The child dies with our process,
// however that ends.
ChildResult run_child(const ChildRequest& request);

}  // namespace emu
