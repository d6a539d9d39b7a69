// Files that exist in memory alone: for tests, and for whoever must not touch the host.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "emulator/kernel/files/host_files.h"

namespace emu {

class MemoryFiles final : public HostFiles {
 public:
  // `capacity` is how many bytes all files together may hold; more is STATUS_DISK_FULL.
  explicit MemoryFiles(uint64_t capacity);
  ~MemoryFiles() override;

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

 private:
  struct Node;
  struct Store;
  class OpenFile;
  using Folder = std::map<std::string, std::shared_ptr<Node>>;

  mm::Result<std::shared_ptr<Node>> find(std::span<const std::string> path) const;
  // The directory that the last name of `path` lies in.
  mm::Result<std::shared_ptr<Node>> parent_of(const HostPath& path) const;
  mm::Result<std::shared_ptr<Node>> add(const HostPath& path, HostEntry::Kind kind);
  mm::NtStatus remove(const HostPath& path, HostEntry::Kind kind);

  std::shared_ptr<Store> store_;
  std::shared_ptr<Node> root_;
};

}  // namespace emu
