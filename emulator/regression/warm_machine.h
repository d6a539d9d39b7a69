// A warm machine: a process that built a machine, started its programs, and stands at the entry point of the
// first. It is copied by fork(2) for each run, which goes on from there as if it had been started by itself:
// with streams, statistics, a paging file, limits and an end of its own, and, byte for byte, with the same
// result. What comes before the entry point, four fifths of what a small program costs, is done once.
//
// Not every run can come from a warm machine. `pagewalk run` knows which cannot, and then does not wait for
// runs (emulator/cli/warm_stand.h).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "emulator/kernel/files/descriptor.h"
#include "emulator/regression/child_process.h"

namespace emu {

// What one run is asked to do.
struct WarmRequest {
  std::filesystem::path input;       // the file that is its standard input
  std::filesystem::path statistics;  // where they are written, in the command's form; made anew
  std::chrono::milliseconds timeout{};
};

class WarmMachine {
 public:
  // Starts one. `request.command` is `pagewalk run` without --stats-file, and its input is the same as that
  // of the runs. Returns null when the program cannot be run from a warm machine, or does not come to its
  // entry point in time. The machine, and whatever runs from it, dies with the thread that called.
  static std::unique_ptr<WarmMachine> start(ChildRequest request);
  ~WarmMachine();
  WarmMachine(const WarmMachine&) = delete;
  WarmMachine& operator=(const WarmMachine&) = delete;

  // Makes a run and waits for its end. When the machine itself has ended, the result says how it did.
  ChildResult run(const WarmRequest& request);

 private:
  WarmMachine(pid_t process, Descriptor channel) : process_(process), channel_(std::move(channel)) {}
  ChildResult how_it_ended();

  pid_t process_;  // -1 once it has been waited for
  Descriptor channel_;
};

}  // namespace emu
