// The standard output and error of a process that runs, and what it wrote to them.
#pragma once

#include <chrono>

#include "emulator/regression/child_process.h"
#include "emulator/regression/pipe.h"

namespace emu {

class ChildStreams {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  bool open() { return output_.open() && errors_.open(); }
  // The ends that the process writes to; ours are closed once it has them.
  int output() const { return output_.write.number(); }
  int errors() const { return errors_.write.number(); }
  void handed_on() {
    output_.write = Descriptor();
    errors_.write = Descriptor();
  }

  // Reads both streams until they and the process have ended or a limit is passed. `result` gets what ended
  // the process, Exited when it ended by itself. `process` is its pidfd; without one the process is not
  // waited for.
  void collect(const Descriptor& process, Deadline deadline, ChildResult& result);

 private:
  void read_all(Deadline deadline, ChildResult& result);

  Pipe output_, errors_;
};

// Fills in how a process ended, from wait(2)'s status.
void set_end(int status, ChildResult& result);

}  // namespace emu
