// A disk with nothing on it that takes nothing: what a guest finds where none is mounted.
#pragma once

#include "emulator/kernel/files/read_only_files.h"

namespace emu {

class EmptyFiles final : public ReadOnlyFiles {
 public:
  mm::Result<HostEntry> look(const HostPath& path) override {
    if (!path.empty()) return mm::fail(mm::NtStatus::ObjectNameNotFound);
    HostEntry root;
    root.kind = HostEntry::Kind::Directory;
    return root;
  }
  mm::Result<std::vector<std::string>> list(const HostPath&) override { return std::vector<std::string>(); }

 private:
  mm::Result<std::unique_ptr<HostFile>> open_to_read(const HostPath&) override {
    return mm::fail(mm::NtStatus::ObjectNameNotFound);
  }
};

}  // namespace emu
