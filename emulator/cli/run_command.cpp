#include "emulator/cli/run_command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/cli/exit_code.h"
#include "emulator/cli/run_session.h"
#include "emulator/cli/size_argument.h"
#include "emulator/cli/whole_number.h"

namespace emu {
namespace {

constexpr uint64_t kLongestTimeout = 1'000'000'000;  // seconds: 31 years
constexpr uint64_t kMostProcesses = 1 << 20;         // far more than their page tables have room for

constexpr const char* kRunFooter =
    "Everything behind PROGRAM belongs to the guest, up to --and, behind which another program stands: they\n"
    "start together. A guest gets --and itself when it is written with a backslash in front, \\--and, which\n"
    "is taken away. A guest's command line begins with its program's file name.\n"
    "The guest's console is ours. Statistics, reports and log lines go to standard error; the JSON "
    "statistics\n"
    "are one line. Exit code: the guest's own, or 124: a limit stopped it, 125: Pagewalk could not run it,\n"
    "126: an exception that it did not handle; of several programs that of the first that is not 0.\n"
    "A file whose name ends in .bin is a flat image, loaded at 0x00401000; any other must be a PE32 image. "
    "DLLs\n"
    "are found beside the program, then in guest/ beside pagewalk; ntdll, kernel32 and msvcrt only there.";

void add_memory_options(CLI::App& command, RunArguments& arguments) {
  command.add_option("--ram", arguments.ram, "Physical memory, 1M to 4G (K, M, G)")->capture_default_str();
  command
      .add_option("--pagefile", arguments.pagefile,
                  "Paging file in $TMPDIR or /var/tmp, 0: none; grows to MAX as commit needs it")
      ->type_name("SIZE[:MAX]")
      ->capture_default_str();
  command
      .add_option(
          "--device", arguments.device,
          "What the paging file lies on. With ssd or hdd a page takes its time to be read or written, "
          "whoever needs it waits, and other threads run")
      ->check(CLI::IsMember({"none", "ssd", "hdd"}))
      ->capture_default_str();
}

void add_report_options(CLI::App& command, RunArguments& arguments) {
  command
      .add_flag("--stats{text}", arguments.statistics,
                "Memory statistics at the end; --stats=json for programs")
      ->check(CLI::IsMember({"text", "json"}));
  command.add_option("--stats-file", arguments.statistics_file,
                     "Write them there instead of to standard error; without --stats they are text");
  command.add_option("--log-level", arguments.log_level, "How much is logged")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "critical", "off"}))
      ->capture_default_str();
  command.add_option("--log-file", arguments.log_file, "Log there instead of to standard error");
}

void add_file_options(CLI::App& command, RunArguments& arguments) {
  command
      .add_option(
          "--root", arguments.root,
          "The folder that the guest sees as C:\\, and may change; nothing outside it can be reached. "
          "Without it the guest's disk shows the program and the system DLLs, and takes nothing. File "
          "times are the guest's: when its clock is virtual, what was there before is as old as the "
          "machine; with --clock=host, the host's")
      ->check([](const std::string& folder) { return folder.empty() ? "the folder's name is empty" : ""; })
      ->type_name("DIR");
  command
      .add_option(
          "--disk", arguments.disk,
          "How much the guest may add below --root, sparse files as large as they seem; the size of the disk "
          "that it is told (K, M, G)")
      ->type_name("SIZE")
      ->capture_default_str();
}

void add_control_options(CLI::App& command, RunArguments& arguments) {
  command
      .add_option("--aslr", arguments.aslr,
                  "Randomize addresses as Windows does, the same way for the same seed; without it nothing "
                  "moves")
      ->check([](const std::string& text) { return whole_number_problem(text, 0, UINT64_MAX); })
      ->type_name("SEED");
  command
      .add_flag("--verify{steps}", arguments.verify,
                "Cross-check what every service and fault wrote, and all of memory now and then; "
                "--verify=full: all of it every time (slow)")
      ->check(CLI::IsMember({"steps", "full"}));
  command.add_option("--clock", arguments.clock, "The guest's time: moved by what it does, or the host's")
      ->check(CLI::IsMember({"virtual", "host"}))
      ->capture_default_str();
  command.add_option("--max-instructions", arguments.max_instructions, "Stop after so many (0: no limit)")
      ->check([](const std::string& text) { return whole_number_problem(text, 0, UINT64_MAX); })
      ->type_name("N");
  command
      .add_option("--max-processes", arguments.max_processes,
                  "How many may run at one time, children included")
      ->check([](const std::string& text) { return whole_number_problem(text, 1, kMostProcesses); })
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--timeout", arguments.timeout,
                  "Stop after so many seconds of the host's time (0: no limit)")
      ->check([](const std::string& text) { return whole_number_problem(text, 0, kLongestTimeout); })
      ->type_name("SECONDS");
  command
      .add_option("--max-output", arguments.max_output,
                  "Stop a guest that writes more to its console (K, M, G)")
      ->check([](const std::string& text) {
        const auto size = parse_bytes(text);
        return size ? "" : size.error();
      })
      ->type_name("SIZE");
}

}  // namespace

void add_run_options(CLI::App& command, RunArguments& arguments) {
  add_memory_options(command, arguments);
  add_file_options(command, arguments);
  add_report_options(command, arguments);
  add_control_options(command, arguments);
}

std::vector<std::vector<std::string>> split_programs(const std::vector<std::string>& words) {
  constexpr std::string_view kSeparator = "--and";
  const auto escaped = [&](const std::string& word) {
    return word.ends_with(kSeparator) && word.front() == '\\' &&
           word.find_first_not_of('\\') == word.size() - kSeparator.size();
  };
  std::vector<std::vector<std::string>> programs(1);
  for (const std::string& word : words) {
    if (word == kSeparator) {
      programs.emplace_back();
    } else {
      programs.back().push_back(escaped(word) ? word.substr(1) : word);
    }
  }
  return programs;
}

void add_run_command(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand("run",
                                         "Run a 32-bit Windows program, or a flat image: run [OPTIONS] "
                                         "PROGRAM [ARGS...] [--and PROGRAM [ARGS...]]...");
  command->footer(kRunFooter);
  command->prefix_command();  // what is no option of ours begins the guest's part
  add_run_options(*command, *arguments);
  command->add_option("--warm-channel", arguments->warm_channel)->group("");  // in no list: see warm_stand.h
  command->callback([command, arguments, &exit_code] {
    arguments->programs = split_programs(command->remaining());
    exit_code = run_program(*arguments);
  });
}

}  // namespace emu
