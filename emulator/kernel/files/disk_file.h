// An opening of a file or directory on the volume: what the handles to it share.
//
//   Open     Volume::open
//   Closed   on_last_handle_closed(): its share is given back, a deletion that waits for it is done
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "emulator/kernel/files/directory_search.h"
#include "emulator/kernel/files/file_nodes.h"
#include "emulator/kernel/files/file_object.h"
#include "emulator/kernel/files/host_files.h"

namespace emu {

class Volume;

// What FILE_BASIC_INFORMATION sets; 0 and negative times change nothing.
struct BasicChange {
  int64_t created = 0, accessed = 0, written = 0, changed = 0;
  uint32_t attributes = 0;  // 0: as they are
};

class DiskFile final : public FileObject {
 public:
  // Its path, of 4096 bytes at most as the host's are.
  static constexpr uint64_t kKeepsBesides = 4096;

  enum class Synchrony : uint8_t { Synchronous, Overlapped };
  enum class DeleteOnClose : uint8_t { No, Yes };

  struct Opening {
    HostPath path;
    HostEntry entry;
    std::unique_ptr<HostFile> content;  // null: opened without any access to data, or a directory
    ShareClaim claim;
    Synchrony synchrony = Synchrony::Synchronous;
    DeleteOnClose delete_on_close = DeleteOnClose::No;
    uint32_t options = 0;  // as opened, for FileModeInformation
  };

  DiskFile(Volume& volume, FileNode& node, Opening opening);
  ~DiskFile() override;

  DeviceType device() const override { return DeviceType::Disk; }
  DiskFile* as_disk_file() override { return this; }

  // STATUS_INVALID_PARAMETER for the current position of an overlapped file, which has none;
  // STATUS_INVALID_DEVICE_REQUEST for a directory.
  mm::Result<uint64_t> begin(Direction direction, const TransferStart& start) override;
  mm::Result<uint32_t> read(uint64_t offset, std::span<std::byte> bytes) override;
  mm::Result<uint32_t> write(uint64_t offset, std::span<const std::byte> bytes) override;
  void finish(uint64_t end) override;
  mm::NtStatus flush() override;

  const HostPath& path() const { return opening_.path; }
  bool directory() const { return opening_.entry.kind == HostEntry::Kind::Directory; }
  uint64_t position() const { return position_; }
  void set_position(uint64_t position) { position_ = position; }
  uint32_t options() const { return opening_.options; }
  uint64_t index() const { return node_.index; }

  mm::Result<FileInformation> information() const;
  std::u16string guest_path() const;  // "\dir\file", from the volume's root

  mm::NtStatus set_basic(const BasicChange& change);
  mm::NtStatus set_size(uint64_t size);
  // Has the file deleted, or not, when it is closed. STATUS_CANNOT_DELETE for a read-only file and the root,
  // STATUS_DIRECTORY_NOT_EMPTY.
  mm::NtStatus set_deletion(FileNode::Deletion deletion);
  // Moves the file to a path from the volume's root. STATUS_OBJECT_NAME_COLLISION, STATUS_ACCESS_DENIED when
  // the target, or something below a directory, is open.
  mm::NtStatus rename(const std::vector<std::u16string>& to, HostFiles::Replace replace);

  // Gives the file another name. STATUS_FILE_IS_A_DIRECTORY, STATUS_TOO_MANY_LINKS, and what rename() fails
  // with.
  mm::NtStatus link(const std::vector<std::u16string>& to, HostFiles::Replace replace);

  // Returns the handle's way through a directory (directory_search.h).
  DirectorySearch& search() { return search_; }
  Volume& volume() { return volume_; }

 protected:
  void on_last_handle_closed() override { close(); }

 private:
  mm::NtStatus check_deletable() const;
  bool delete_pending() const { return node_.delete_pending(path()); }
  void close();
  void delete_now();
  void moved_to(const HostPath& path);

  Volume& volume_;
  FileNode& node_;
  Opening opening_;
  uint64_t position_ = 0;
  DirectorySearch search_;
  bool closed_ = false;
};

}  // namespace emu
