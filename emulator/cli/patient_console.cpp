#include "emulator/cli/patient_console.h"

#include <poll.h>
#include <unistd.h>

namespace emu {

mm::Result<uint32_t> PatientConsole::read(std::span<std::byte> bytes) {
  constexpr int kPatience = 50;  // ms
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (::poll(&input, 1, kPatience) <= 0)
    if (!may_wait_()) return 0;
  return host_->read(bytes);
}

}  // namespace emu
