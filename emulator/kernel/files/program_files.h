// The guest's disk when there is no --root: the program in C:\ and the system DLLs in C:\Windows\System32, to
// be looked at and read.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "emulator/kernel/files/read_only_files.h"

namespace emu {

class ProgramFiles final : public ReadOnlyFiles {
 public:
  // The host's file `source` is there as `path`, with the folders on its way.
  void add(const HostPath& path, std::string source);

  mm::Result<HostEntry> look(const HostPath& path) override;
  mm::Result<std::vector<std::string>> list(const HostPath& path) override;
  std::string host_path(const HostPath& path) const override;

 private:
  mm::Result<std::unique_ptr<HostFile>> open_to_read(const HostPath& path) override;

  std::map<HostPath, std::string> sources_{{{}, ""}};  // of a folder: empty
};

// As described above. `programs` and `system_folder` are paths of the host.
std::unique_ptr<HostFiles> program_files(std::span<const std::string> programs,
                                         const std::string& system_folder);

}  // namespace emu
