// `pagewalk run`: runs a program to its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace emu {

// The arguments as the user typed them; what was not given has its default.
struct RunArguments {
  std::string ram = "256M";
  std::string pagefile = "256M:2G";
  std::string device = "none";
  std::string statistics;  // empty: none, "text" or "json"
  std::string statistics_file;
  std::string root;         // empty: no folder of the host is the guest's
  std::string disk = "4G";  // what the guest may add below it
  std::string clock = "virtual";
  std::string log_level = "off";
  std::string log_file;
  std::string verify;                       // empty: not, "steps" or "full"
  unsigned long long max_instructions = 0;  // 0: no limit
  uint32_t max_processes = 256;
  std::optional<uint64_t> aslr;                    // the seed; none: addresses are not randomized
  uint32_t timeout = 0;                            // seconds of the host; 0: no limit
  std::string max_output;                          // empty: no limit
  std::vector<std::vector<std::string>> programs;  // of each, PROGRAM and ARGS
  int warm_channel = -1;                           // warm_stand.h; negative: an ordinary run
};

// The two functions that every command which runs programs shares. The first adds the options. The second
// takes PROGRAM [ARGS...] [--and ...]... apart; an "--and" with backslashes in front of it is an argument of
// the program, which gets it with one backslash less.
void add_run_options(CLI::App& command, RunArguments& arguments);
std::vector<std::vector<std::string>> split_programs(const std::vector<std::string>& words);

// Adds the command, which sets `exit_code` when it runs: the guest's exit code, or one of exit_code.h.
void add_run_command(CLI::App& app, int& exit_code);

}  // namespace emu
