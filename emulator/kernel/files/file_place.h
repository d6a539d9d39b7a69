// A file or folder of the host, reached in the one way that there is: below a root that nothing leads out of.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "emulator/kernel/files/host_files.h"

namespace emu {

struct FilePlace {
  std::shared_ptr<HostFiles> files;  // null: there is no such folder
  HostPath path;
};

// Finds a file that the user named. Links to it are followed, since the user may name any file; its root is
// the folder that it lies in. A failure is the end of a sentence: "cannot be opened: No such file or
// directory".
tl::expected<FilePlace, std::string> file_on_host(const std::string& path);

// Finds a folder. It is a root of its own unless it lies below the root of `disk`; then it is a folder there,
// so that links from it to the rest of the disk lead somewhere.
FilePlace folder_on_host(const std::string& path, const std::shared_ptr<HostFiles>& disk);

}  // namespace emu
