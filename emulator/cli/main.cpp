// The `pagewalk` command.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include "emulator/cli/debug_command.h"
#include "emulator/cli/exit_code.h"
#include "emulator/cli/host_memory.h"
#include "emulator/cli/run_command.h"
#include "emulator/cli/scenario_vocabulary.h"
#include "emulator/cli/standard_files.h"
#include "emulator/cli/translate.h"
#include "emulator/regression/command.h"

namespace {

int run_command_line(int count, char** values) {
  CLI::App app("Runs 32-bit Windows programs on page tables that can be looked at.", "pagewalk");
  app.set_version_flag("--version", "pagewalk " PAGEWALK_VERSION);
  int exit_code = emu::exit_code::kFailure;
  emu::add_run_command(app, exit_code);
  emu::add_debug_command(app, exit_code);
  emu::add_translate_command(app, exit_code);
  const emu::ScenarioVocabulary vocabulary;
  emu::add_test_command(app, vocabulary, exit_code);
  try {
    app.parse(count, values);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "pagewalk: %s\n", error.what());
    return emu::exit_code::kFailure;
  }
  if (!app.get_subcommands().empty()) return exit_code;
  std::fputs("pagewalk: no command given: run, debug, translate or test (see pagewalk --help)\n", stderr);
  return emu::exit_code::kFailure;
}

// What a guest writes to its console is the guest's affair; this is about our own commands' output.
bool is_output_written() {
  std::cout.flush();
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good()) return true;
  std::fputs("pagewalk: standard output cannot be written\n", stderr);
  return false;
}

}  // namespace

int main(int count, char** values) {
  emu::report_exhausted_memory();
  emu::reserve_standard_files();
  std::signal(SIGPIPE, SIG_IGN);  // a closed output is the guest's affair: its write fails
  std::signal(SIGXFSZ, SIG_IGN);  // and so is a file that may not grow
  try {
    const int exit_code = run_command_line(count, values);
    return is_output_written() ? exit_code : emu::exit_code::kFailure;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pagewalk: %s\n", error.what());
    return emu::exit_code::kFailure;
  }
}
