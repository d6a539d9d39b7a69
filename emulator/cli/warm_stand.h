// Where a run becomes a warm machine (emulator/regression/warm_machine.h): `pagewalk run --warm-channel`,
// which is for `pagewalk test` and its like and no option of the user's.
#pragma once

#include "emulator/cli/run_command.h"
#include "emulator/kernel/files/descriptor.h"

namespace emu {

class WarmStand {
 public:
  // Tells whether runs with these arguments may come from one machine. They may not when they share a folder
  // of the host, which one run would change for the next, a log file, or the host's time.
  static bool serves(const RunArguments& arguments);

  explicit WarmStand(Descriptor channel) : channel_(std::move(channel)) {}

  // Waits for runs. Returns once in the process of each run, with its standard streams in place, and never in
  // the process that waits, which ends when it is wanted no more. That process ends at once when the machine
  // has already written or read something, since every run would have to do that again. It must have no other
  // thread.
  void stand();
  // Tells whether this is the process of a run.
  bool has_left() const { return left_; }
  // Returns the file that the run's statistics go to. To be called once, in the process of a run.
  Descriptor take_statistics() { return std::move(statistics_); }

 private:
  bool make_run();

  Descriptor channel_, statistics_;
  bool left_ = false;
};

}  // namespace emu
