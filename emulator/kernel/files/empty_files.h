// A disk with nothing on it that takes nothing: what a guest finds without --root.
#pragma once

#include "emulator/kernel/files/host_files.h"

namespace emu {

class EmptyFiles final : public HostFiles {
 public:
  mm::Result<HostEntry> look(const HostPath& path) override {
    if (!path.empty()) return mm::fail(mm::NtStatus::ObjectNameNotFound);
    HostEntry root;
    root.kind = HostEntry::Kind::Directory;
    return root;
  }
  mm::Result<std::vector<std::string>> list(const HostPath&) override { return std::vector<std::string>(); }
  mm::Result<std::unique_ptr<HostFile>> open(const HostPath&, Access) override {
    return mm::fail(mm::NtStatus::ObjectNameNotFound);
  }
  mm::Result<std::unique_ptr<HostFile>> create(const HostPath&) override { return mm::fail(kProtected); }
  mm::NtStatus make_directory(const HostPath&) override { return kProtected; }
  mm::NtStatus may_remove(const HostPath&) override { return kProtected; }
  mm::NtStatus remove_file(const HostPath&) override { return kProtected; }
  mm::NtStatus remove_directory(const HostPath&) override { return kProtected; }
  mm::NtStatus rename(const HostPath&, const HostPath&, Replace) override { return kProtected; }
  mm::NtStatus link(const HostPath&, const HostPath&) override { return kProtected; }
  mm::NtStatus protect(const HostPath&, HostEntry::Protection) override { return kProtected; }

 private:
  static constexpr mm::NtStatus kProtected = mm::NtStatus::MediaWriteProtected;
};

}  // namespace emu
