// Files of the host that a guest may look at and read: whatever would change one is refused, as by a disk
// with its write-protect tab set (STATUS_MEDIA_WRITE_PROTECTED).
#pragma once

#include "emulator/kernel/files/host_files.h"

namespace emu {

class ReadOnlyFiles : public HostFiles {
 public:
  mm::Result<std::unique_ptr<HostFile>> open(const HostPath& path, Access access) final {
    auto file = open_to_read(path);
    if (file && access != Access::Read) return mm::fail(kProtected);
    return file;
  }
  mm::Result<std::unique_ptr<HostFile>> create(const HostPath&) final { return mm::fail(kProtected); }
  mm::NtStatus make_directory(const HostPath&) final { return kProtected; }
  mm::NtStatus may_remove(const HostPath&) final { return kProtected; }
  mm::NtStatus remove_file(const HostPath&) final { return kProtected; }
  mm::NtStatus remove_directory(const HostPath&) final { return kProtected; }
  mm::NtStatus rename(const HostPath&, const HostPath&, Replace) final { return kProtected; }
  mm::NtStatus link(const HostPath&, const HostPath&) final { return kProtected; }
  mm::NtStatus protect(const HostPath&, HostEntry::Protection) final { return kProtected; }

 protected:
  static constexpr mm::NtStatus kProtected = mm::NtStatus::MediaWriteProtected;

  // As open(), to be read.
  virtual mm::Result<std::unique_ptr<HostFile>> open_to_read(const HostPath& path) = 0;
};

}  // namespace emu
