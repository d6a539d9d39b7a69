// `pagewalk debug --gdb`: the machine under a gdb client.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "emulator/cli/run_session.h"
#include "emulator/debugger/gdb/gdb_front_end.h"
#include "emulator/debugger/gdb/protocol/listener.h"

namespace emu {

class GdbDriver final : public MachineDriver {
 public:
  // `place`: "[HOST:]PORT", or "-" for standard input and output.
  explicit GdbDriver(std::string place);

  tl::expected<void, std::string> prepare(Machine& machine) override;
  Machine::RunEnd run(Machine& machine) override;
  void let_go() override { engine_.reset(); }
  // What the guest writes goes to the client as long as there is one; input is standard input.
  std::unique_ptr<Console> console() override;

 private:
  std::unique_ptr<debugger::gdb::Transport> connect();

  std::string place_;
  std::optional<debugger::gdb::Listener> listener_;
  std::unique_ptr<debugger::gdb::Transport> standard_;
  bool had_client_ = false;
  debugger::GdbFrontEnd front_end_;
  std::optional<debugger::Engine> engine_;
};

}  // namespace emu
