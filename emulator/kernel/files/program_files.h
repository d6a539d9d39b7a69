// The guest's disk when there is no --root: the program in C:\ and the system DLLs in C:\Windows\System32, to
// be looked at and read. It takes no changes (STATUS_MEDIA_WRITE_PROTECTED).
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "emulator/kernel/files/host_files.h"

namespace emu {

class ProgramFiles final : public HostFiles {
 public:
  // The host's file `source` is there as `path`, with the folders on its way.
  void add(const HostPath& path, std::string source);

  mm::Result<HostEntry> look(const HostPath& path) override;
  mm::Result<std::vector<std::string>> list(const HostPath& path) override;
  mm::Result<std::unique_ptr<HostFile>> open(const HostPath& path, Access access) override;
  mm::Result<std::unique_ptr<HostFile>> create(const HostPath&) override { return mm::fail(kProtected); }
  mm::NtStatus make_directory(const HostPath&) override { return kProtected; }
  mm::NtStatus may_remove(const HostPath&) override { return kProtected; }
  mm::NtStatus remove_file(const HostPath&) override { return kProtected; }
  mm::NtStatus remove_directory(const HostPath&) override { return kProtected; }
  mm::NtStatus rename(const HostPath&, const HostPath&, Replace) override { return kProtected; }
  mm::NtStatus link(const HostPath&, const HostPath&) override { return kProtected; }
  mm::NtStatus protect(const HostPath&, HostEntry::Protection) override { return kProtected; }
  std::string host_path(const HostPath& path) const override;

 private:
  static constexpr mm::NtStatus kProtected = mm::NtStatus::MediaWriteProtected;

  std::map<HostPath, std::string> sources_{{{}, ""}};  // of a folder: empty
};

// As described above. `programs` and `system_folder` are paths of the host.
std::unique_ptr<HostFiles> program_files(std::span<const std::string> programs,
                                         const std::string& system_folder);

}  // namespace emu
