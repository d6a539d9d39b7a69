// Begins a program in a process of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace emu {

struct SpawnRequest {
  std::vector<std::string> command;  // the program's path, then its arguments
  std::filesystem::path input;       // the file that is its standard input
  int output;                        // descriptors: its standard output and error
  int errors;
  int channel = -1;  // one that it inherits under the same number; negative: none
};

// Begins the program. Returns errno, or 0 and the child's number. Safe to call from several threads at once.
// The child dies with the thread that called, however that ends.
int spawn(const SpawnRequest& request, pid_t& child);

}  // namespace emu
