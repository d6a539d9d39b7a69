// Where a run becomes a warm machine (emulator/regression/warm_machine.h): `pagewalk run --warm-channel`,
// which is for `pagewalk test` and its like and no option of the user's.
#pragma once

#include "emulator/cli/run_command.h"
#include "emulator/kernel/files/descriptor.h"

namespace emu {

class WarmStand {
 public:
  // Whether runs with these arguments may come from one machine. Not when they share a folder of the host,
  // which the first changes for the next, a log, or the host's time.
  static bool serves(const RunArguments& arguments);

  explicit WarmStand(Descriptor channel) : channel_(std::move(channel)) {}

  // The machine stands. Returns in the process of each run, once, with its standard streams in place; never
  // in the one that stands, which ends when it is wanted no more: at once when something was said or read
  // already, which every run would have to say or read again. The process must have no other thread.
  void stand();
  // Whether this is the process of a run.
  bool has_left() const { return left_; }
  // Where its statistics go. To be called once, by who has left.
  Descriptor take_statistics() { return std::move(statistics_); }

 private:
  bool make_run();

  Descriptor channel_, statistics_;
  bool left_ = false;
};

}  // namespace emu
