// A machine: a board and the kernel on it. What a program that embeds Pagewalk begins with; the `pagewalk`
// command is one such program.
//
//   emu::MachineConfiguration configuration;
//   configuration.ram = mm::pages_for(64u << 20);
//   auto machine = emu::Machine::create(configuration, emu::host_console());     // or a Console of your own
//   if (!machine) return fail(machine.error());
//   emu::ProgramLoader loader((*machine)->kernel(), "build/release/guest");      // where ntdll.dll lies
//   const auto process = loader.start("hello.exe", {});
//   if (!process) return fail(process.error());
//   (*machine)->run();
//   return (*process)->how_ended()->exit_code;
//
// Contract:
// - Machines are apart: any number of them may be in one process, one after the other or at the same time.
//   Each is used by one thread at a time.
// - Who looks adds itself to kernel().listeners() (listeners.h), who steers is its controller (controller.h).
// - Our own mistakes end the program (MM_CHECK) behind a report, to which an mm::CrashReporter adds.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "emulator/board/board.h"
#include "emulator/kernel/configuration.h"
#include "emulator/kernel/run_end.h"

namespace emu {

class Console;
class Kernel;

class Machine {
 public:
  using RunEnd = emu::RunEnd;

  // Else a sentence for the user.
  static tl::expected<std::unique_ptr<Machine>, std::string> create(const MachineConfiguration& configuration,
                                                                    std::unique_ptr<Console> console);

  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  Board& board() { return *board_; }
  const Board& board() const { return *board_; }
  Kernel& kernel() { return *kernel_; }
  const Kernel& kernel() const { return *kernel_; }

  // Until every process has ended, or a limit stops it all.
  RunEnd run();

 private:
  Machine(std::unique_ptr<Board> board, std::unique_ptr<Kernel> kernel);

  std::unique_ptr<Board> board_;
  std::unique_ptr<Kernel> kernel_;
};

}  // namespace emu
