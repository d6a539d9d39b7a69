// How a process or a thread has ended.
#pragma once

#include <cstdint>

namespace emu {

struct ProcessEnd {
  enum class Kind : uint8_t { Exited, UnhandledException, LoadFailed };

  Kind kind = Kind::Exited;
  uint32_t exit_code = 0;  // with UnhandledException its code, with LoadFailed the NTSTATUS
};

// The end of one thread.
struct ThreadEnd {
  uint32_t exit_code = 0;
};

}  // namespace emu
