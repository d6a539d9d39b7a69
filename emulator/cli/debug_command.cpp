#include "emulator/cli/debug_command.h"

#include <CLI/CLI.hpp>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/cli/exit_code.h"
#include "emulator/cli/gdb_driver.h"
#include "emulator/cli/interrupt_signal.h"
#include "emulator/cli/json_console.h"
#include "emulator/cli/patient_console.h"
#include "emulator/cli/run_command.h"
#include "emulator/cli/run_session.h"
#include "emulator/debugger/console/console_front_end.h"
#include "emulator/debugger/engine/engine.h"
#include "emulator/debugger/session/script_file.h"
#include "emulator/kernel/files/console.h"

namespace emu {
namespace {

using debugger::ConsoleFrontEnd;

constexpr const char* kDebugFooter =
    "Options are those of run, and everything behind PROGRAM belongs to the guest. Without -c and -x "
    "commands\n"
    "are read from standard input; with them the session ends when they are done. help lists the commands.\n"
    "Exit code: that of run when the guest has ended, 0 when the session was left before. A gdb client that\n"
    "kills the guest, or goes away on standard input and output, ends it with 0.";

struct DebugArguments {
  RunArguments run;
  std::string commands;
  std::vector<std::string> scripts;
  bool json = false;
  std::string gdb;
};

class DebugDriver final : public MachineDriver {
 public:
  DebugDriver(std::unique_ptr<debugger::LineSource> lines, ConsoleFrontEnd::Format format)
      : format_(format), front_end_(std::move(lines), format) {}

  tl::expected<void, std::string> prepare(Machine& machine) override {
    engine_.emplace(machine.kernel(), front_end_);
    interrupt_.emplace(*engine_);
    return {};
  }
  Machine::RunEnd run(Machine&) override {
    const Machine::RunEnd end = engine_->run();
    let_go();
    return end;
  }
  void let_go() override {
    interrupt_.reset();
    engine_.reset();
  }
  std::unique_ptr<Console> console() override {
    const auto may_wait = [this] { return engine_->may_wait(); };
    if (format_ == ConsoleFrontEnd::Format::Json) return std::make_unique<JsonConsole>(may_wait);
    return std::make_unique<PatientConsole>(may_wait);
  }

 private:
  ConsoleFrontEnd::Format format_;
  ConsoleFrontEnd front_end_;
  std::optional<debugger::Engine> engine_;
  std::optional<InterruptSignal> interrupt_;
};

// -c, then the scripts; null: standard input is to be read.
tl::expected<std::unique_ptr<debugger::LineSource>, std::string> line_source(
    const DebugArguments& arguments) {
  if (arguments.commands.empty() && arguments.scripts.empty()) return debugger::standard_input_lines();
  std::vector<std::string> lines;
  if (!arguments.commands.empty()) lines.push_back(arguments.commands);
  for (const std::string& path : arguments.scripts) {
    auto script = debugger::read_script(path);
    if (!script) return tl::unexpected(script.error());
    lines.insert(lines.end(), std::make_move_iterator(script->begin()),
                 std::make_move_iterator(script->end()));
  }
  return std::make_unique<debugger::GivenLines>(std::move(lines));
}

int debug(const DebugArguments& arguments) {
  if (!arguments.gdb.empty()) {
    GdbDriver driver(arguments.gdb);
    return run_program(arguments.run, driver);
  }
  auto lines = line_source(arguments);
  if (!lines) {
    std::fprintf(stderr, "pagewalk: %s\n", lines.error().c_str());
    return exit_code::kFailure;
  }
  const auto format = arguments.json ? ConsoleFrontEnd::Format::Json : ConsoleFrontEnd::Format::Text;
  DebugDriver driver(std::move(*lines), format);
  return run_program(arguments.run, driver);
}

}  // namespace

void add_debug_command(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<DebugArguments>();
  CLI::App* command =
      app.add_subcommand("debug",
                         "Run a program under the debugger: debug [OPTIONS] PROGRAM [ARGS...] "
                         "[--and PROGRAM [ARGS...]]...");
  command->footer(kDebugFooter);
  command->prefix_command();  // what is no option of ours begins the guest's part
  CLI::Option* commands = command->add_option("-c", arguments->commands, "Commands, separated by semicolons")
                              ->type_name("COMMANDS");
  CLI::Option* scripts =
      command->add_option("-x", arguments->scripts, "A file of commands, one line after the other")
          ->type_name("FILE")
          ->allow_extra_args(false);
  CLI::Option* json = command->add_flag(
      "--json", arguments->json,
      "Print every halt, every answer and what the guest writes as one JSON object a\nline");
  command
      ->add_option(
          "--gdb", arguments->gdb,
          "Wait for a gdb or lldb there instead (loopback unless HOST is said; port 0: any), or talk to\n"
          "one through standard input and output: -")
      ->type_name("[HOST:]PORT")
      ->excludes(commands)
      ->excludes(scripts)
      ->excludes(json);
  add_run_options(*command, arguments->run);
  command->callback([command, arguments, &exit_code] {
    arguments->run.programs = split_programs(command->remaining());
    exit_code = debug(*arguments);
  });
}

}  // namespace emu
