// Both ends of a pipe, closed by execve.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "emulator/kernel/files/descriptor.h"

namespace emu {

struct Pipe {
  Descriptor read, write;

  bool open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
    return true;
  }
};

}  // namespace emu
