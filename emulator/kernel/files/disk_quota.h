// A limit on how much more than at the beginning a guest's disk may hold (`--disk`): files over other files
// that count what is written, and refuse with STATUS_DISK_FULL.
//
// It counts the sizes of files, in clusters, whether the host keeps them sparse or not, and for each file or
// folder the record that NTFS has of it, so that a million of empty ones is bounded, too. What is taken away
// gives its room back, also what was there at the beginning.
#pragma once

#include <cstdint>
#include <memory>

#include "emulator/kernel/files/file_nodes.h"
#include "emulator/kernel/files/host_files.h"

namespace emu {

class DiskQuota final : public HostFiles {
 public:
  static constexpr uint64_t kCluster = FileNodes::kClusterSize;
  static constexpr uint64_t kRecord = 1024;  // a file record segment of NTFS

  // `limit` is in bytes.
  DiskQuota(std::unique_ptr<HostFiles> files, uint64_t limit);

  mm::Result<HostEntry> look(const HostPath& path) override { return files_->look(path); }
  mm::Result<std::vector<std::string>> list(const HostPath& path) override { return files_->list(path); }
  mm::Result<std::unique_ptr<HostFile>> open(const HostPath& path, Access access) override;
  mm::Result<std::unique_ptr<HostFile>> create(const HostPath& path) override;
  mm::NtStatus make_directory(const HostPath& path) override;
  mm::NtStatus may_remove(const HostPath& path) override { return files_->may_remove(path); }
  mm::NtStatus remove_file(const HostPath& path) override;
  mm::NtStatus remove_directory(const HostPath& path) override;
  mm::NtStatus rename(const HostPath& from, const HostPath& to, Replace replace) override;
  mm::NtStatus link(const HostPath& file, const HostPath& name) override;
  mm::NtStatus protect(const HostPath& path, HostEntry::Protection protection) override {
    return files_->protect(path, protection);
  }
  std::string host_path(const HostPath& path) const override { return files_->host_path(path); }
  Space space() const override;

  class Account;  // shared with the files that are open

 private:
  std::unique_ptr<HostFiles> files_;
  std::shared_ptr<Account> account_;
};

}  // namespace emu
