// The guest's console: a port, so that tests, replays and checkpoints can put something else there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "mm/base/result.h"

namespace emu {

class Console {
 public:
  enum class Stream : uint8_t { Output, Error };

  virtual ~Console() = default;

  // Writes all of `bytes`; STATUS_PIPE_BROKEN when nobody reads any more, STATUS_DISK_FULL and the like.
  virtual mm::NtStatus write(Stream stream, std::span<const std::byte> bytes) = 0;

  // Waits for input and reads some of it; 0 bytes at its end.
  virtual mm::Result<uint32_t> read(std::span<std::byte> bytes) = 0;
};

// Returns the host's standard input, output and error. SIGPIPE must be ignored.
std::unique_ptr<Console> host_console();

}  // namespace emu
