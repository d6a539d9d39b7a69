// What the machine knows of files beyond what the host keeps: who has them open, what they are called inside,
// and the times and attributes that the guest gave them. A node is found by the host's identity of the file,
// so that two names of one file share it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "emulator/board/clock.h"
#include "emulator/kernel/files/host_files.h"
#include "emulator/kernel/files/share_access.h"

namespace emu {

class DiskFile;

// 100 ns units since 1601. None: as the machine's clock says by default.
struct FileTimes {
  std::optional<uint64_t> created;
  std::optional<uint64_t> accessed;
  std::optional<uint64_t> written;
  std::optional<uint64_t> changed;
};

struct FileNode {
  enum class Deletion : uint8_t { No, Pending };

  uint64_t index = 0;  // the guest's file identity: counted, since the host's differs from host to host
  ShareAccess share;
  std::vector<DiskFile*> open_files;
  std::set<HostPath> deleted;  // its names that go when the file is no longer open by them
  FileTimes times;
  uint32_t attributes = 0;  // settable ones but read-only, which the host keeps

  bool delete_pending(const HostPath& name) const { return deleted.contains(name); }
};

// What can be asked of a file.
struct FileInformation {
  uint64_t created = 0, accessed = 0, written = 0, changed = 0;
  uint64_t size = 0;        // bytes
  uint64_t allocation = 0;  // bytes, whole clusters
  uint32_t attributes = 0;
  uint32_t links = 1;  // those that are not to be deleted
  bool directory = false;
  bool delete_pending = false;
};

class FileNodes {
 public:
  static constexpr uint32_t kClusterSize = 4096;

  // With a virtual clock, files that the guest has not changed are as old as the machine; with the host's
  // they have the host's times.
  explicit FileNodes(const Clock& clock) : clock_(clock), boot_time_(clock.system_time()) {}

  FileNode& of(const HostEntry& entry);              // made when it is not known yet
  const FileNode* find(const HostFileId& id) const;  // null when it is not
  void forget(const HostFileId& id) { nodes_.erase(id); }

  FileInformation information(const HostEntry& entry) const;

  void note_created(FileNode& node) const;
  void note_written(FileNode& node) const;

  // Tells whether a file below `folder` is open.
  bool open_below(const HostPath& folder) const;

 private:
  const Clock& clock_;
  uint64_t boot_time_;
  uint64_t last_index_ = 0;
  std::map<HostFileId, FileNode> nodes_;
};

}  // namespace emu
