// One `pagewalk run`, or one of its relatives, from the arguments to the exit code.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "emulator/cli/run_command.h"
#include "emulator/kernel/files/console.h"
#include "emulator/kernel/machine.h"

namespace emu {

// Decides how the machine is run. `prepare` is called before anything is started, and may refuse with a
// sentence for the user.
class MachineDriver {
 public:
  virtual ~MachineDriver() = default;
  virtual tl::expected<void, std::string> prepare(Machine&) { return {}; }
  virtual Machine::RunEnd run(Machine& machine) { return machine.run(); }
  // Is called when the machine that it was prepared for is about to be destroyed, whether it ran or could not
  // be started.
  virtual void let_go() {}
  virtual std::unique_ptr<Console> console() { return host_console(); }
};

int run_program(const RunArguments& arguments);
int run_program(const RunArguments& arguments, MachineDriver& driver);

}  // namespace emu
