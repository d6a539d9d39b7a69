// A temporary folder that is gone, with all it holds, when its owner is: also when a signal ends our process,
// SIGKILL included. A process of its own waits for that, and removes the folder.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "emulator/kernel/files/descriptor.h"
#include "emulator/regression/scratch_folder.h"

namespace emu {

class GuardedFolder {
 public:
  // Begins a process, so there may be no other thread yet. Throws std::filesystem::filesystem_error when the
  // host's temporary folder cannot hold it, std::system_error when there is no room for the process.
  GuardedFolder();
  ~GuardedFolder();
  GuardedFolder(const GuardedFolder&) = delete;
  GuardedFolder& operator=(const GuardedFolder&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  ScratchFolder folder_;
  // Open in our process and its children: it is closed when the last of them, who may write to the folder,
  // has ended.
  Descriptor lifeline_;
  pid_t guard_ = -1;
};

}  // namespace emu
