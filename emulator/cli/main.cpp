// The `pagewalk` command.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string_view>

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

// The translator ends the program by abort() where it meets what it cannot translate, and so does MM_CHECK
// behind its own report. Only what a signal handler may call is called here.
void report_abort(int) {
  constexpr std::string_view kReport =
      "pagewalk: ended by a mistake of its own or of its translator; please report it with the lines above\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, kReport.data(), kReport.size());
  _exit(emu::exit_code::kFailure);
}

}  // namespace

int main(int count, char** values) {
  emu::report_exhausted_memory();
  emu::reserve_standard_files();
  std::signal(SIGPIPE, SIG_IGN);  // a closed output is the guest's affair: its write fails
  std::signal(SIGXFSZ, SIG_IGN);  // and so is a file that may not grow
  std::signal(SIGABRT, report_abort);
  try {
    const int exit_code = run_command_line(count, values);
    return is_output_written() ? exit_code : emu::exit_code::kFailure;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pagewalk: %s\n", error.what());
    return emu::exit_code::kFailure;
  }
}
