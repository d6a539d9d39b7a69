// A scenario: a guest program, how to run it, and what must come of it. The keys of the file that it is read
// from are in README.md beside this file, "Scenario files".
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/regression/confinement.h"

namespace emu {

// Options of `pagewalk run`: the option's name without its dashes -> its value; a flag has an empty value.
using RunOptions = std::map<std::string, std::string>;

// What a stream must hold. When nothing is set, it may hold anything.
struct ExpectedText {
  std::optional<std::string> exact;
  std::vector<std::string> contains;
  std::vector<std::string> matches;  // RE2 expressions, each found somewhere; ^ and $ match at lines
};

// A number in the statistics, by its path in the JSON form ("memory.faults.hard", "processes[0].exit_code").
struct CounterBound {
  std::string path;
  std::optional<int64_t> minimum;
  std::optional<int64_t> maximum;
};

// What lies in ${scratch} before the run: a folder, a file with its content, or a symbolic link.
struct ScratchEntry {
  enum class Kind : uint8_t { Folder, File, Link };

  std::string path;  // below ${scratch}, with slashes
  Kind kind = Kind::Folder;
  std::string text;  // a file's content, or a link's target
};

struct Expectation {
  int exit_code = 0;
  ExpectedText output;  // standard output
  ExpectedText errors;  // standard error
  std::vector<CounterBound> counters;
  // What must lie below ${scratch} after the run, by path: the content of a file; none where nothing may lie.
  std::map<std::string, std::optional<std::string>> files;
};

struct Scenario {
  std::filesystem::path file;
  Trust trust = Trust::Confined;
  std::string name;
  std::string description;
  // These three may hold ${guest}, ${scenario} and ${scratch}; see Surroundings.
  std::string program;
  std::vector<std::string> arguments;
  RunOptions options;
  std::string input;                  // standard input
  std::vector<ScratchEntry> scratch;  // link targets may hold ${scratch} too
  std::chrono::seconds timeout{300};
  int repeat = 1;
  // Further runs, each with these options on top. They and the repetitions must equal the first run, byte for
  // byte: exit code, both streams, statistics.
  std::vector<RunOptions> same_with;
  Expectation expected;
};

}  // namespace emu
