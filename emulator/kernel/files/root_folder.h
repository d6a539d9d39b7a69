// The host's files below one folder: what `--root` gives a guest.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "emulator/kernel/files/host_files.h"
#include "emulator/kernel/files/sandbox.h"

namespace emu {

// Only regular files and directories; a device, a socket or a named pipe there is STATUS_ACCESS_DENIED.
class RootFolder final : public HostFiles {
 public:
  explicit RootFolder(Sandbox sandbox) : sandbox_(std::move(sandbox)) {}

  mm::Result<HostEntry> look(const HostPath& path) override;
  mm::Result<std::vector<std::string>> list(const HostPath& path) override;
  mm::Result<std::unique_ptr<HostFile>> open(const HostPath& path, Access access) override;
  mm::Result<std::unique_ptr<HostFile>> create(const HostPath& path) override;
  mm::NtStatus make_directory(const HostPath& path) override;
  mm::NtStatus may_remove(const HostPath& path) override;
  mm::NtStatus remove_file(const HostPath& path) override;
  mm::NtStatus remove_directory(const HostPath& path) override;
  mm::NtStatus rename(const HostPath& from, const HostPath& to, Replace replace) override;
  mm::NtStatus link(const HostPath& file, const HostPath& name) override;
  mm::NtStatus protect(const HostPath& path, HostEntry::Protection protection) override;
  std::string host_path(const HostPath& path) const override;

 private:
  mm::Result<Descriptor> open_descriptor(std::span<const std::string> path, int flags) const;
  // Opens the folder in which the last name of `path` lies; `path` is not the root's.
  mm::Result<Descriptor> open_parent(const HostPath& path) const;

  Sandbox sandbox_;
};

// Opens the folder. A failure is a sentence for the user.
tl::expected<std::unique_ptr<HostFiles>, std::string> open_root_folder(const std::string& folder);

}  // namespace emu
