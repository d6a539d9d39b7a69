#include "emulator/cli/standard_files.h"

#include <fcntl.h>
#include <unistd.h>

namespace emu {

void reserve_standard_files() {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; ++file) {
    if (fcntl(file, F_GETFD) != -1) continue;
    // The lowest number that is free, so it is this one. Wrong way round: reading fails, or writing.
    (void)open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace emu
