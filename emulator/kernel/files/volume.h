// The volume C: as the guest sees it, over whatever HostFiles is mounted there: openings with their
// dispositions and share modes (Microsoft, "NtCreateFile"; [MS-FSA] 2.1.5.1).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "emulator/kernel/files/disk_file.h"
#include "emulator/kernel/files/file_nodes.h"
#include "emulator/kernel/files/host_files.h"
#include "emulator/kernel/files/lookup.h"
#include "emulator/kernel/objects/object_manager.h"

namespace emu {

struct OpenRequest {
  AccessMask access = 0;  // specific rights
  uint32_t share = 0;     // file_share
  Disposition disposition = Disposition::Open;
  uint32_t options = 0;     // file_option
  uint32_t attributes = 0;  // of a file that is made or overwritten
};

// As IO_STATUS_BLOCK.Information has it.
enum class OpenResult : uint32_t { Superseded, Opened, Created, Overwritten };

struct OpenedFile {
  Ref<FileObject> file;
  OpenResult result = OpenResult::Opened;
};

// Checks a request. STATUS_INVALID_PARAMETER for options, shares and dispositions that do not exist or
// exclude each other.
mm::NtStatus check_open_request(const OpenRequest& request);

// Who makes the object that an open file is, and who pays for it.
struct FileMaker {
  ObjectManager& objects;
  std::shared_ptr<mm::PoolQuota> payer;  // null: nobody
};

class Volume {
 public:
  static constexpr uint32_t kSerialNumber = 0x50475657;

  // Nothing is there until something is mounted.
  explicit Volume(const Clock& clock);
  ~Volume();

  // Mounts files, before any guest runs.
  void mount(std::shared_ptr<HostFiles> files) { files_ = std::move(files); }
  const std::shared_ptr<HostFiles>& mounted() const { return files_; }

  // Opens or creates a file. `below` is the open directory that `name` starts from; null means the root.
  // `request` has been checked. A file that was made stays when there is no pool for the object.
  mm::Result<OpenedFile> open(const FileMaker& maker, const DiskFile* below, const ObjectName& name,
                              const OpenRequest& request);
  // Says what a file is, without opening it.
  mm::Result<FileInformation> query(const DiskFile* below, const ObjectName& name);

  // Finds where a file may be moved to.
  mm::Result<HostPath> locate_for_rename(const GuestPath& to, const HostPath& from,
                                         HostFiles::Replace replace);
  // Finds where a file may get another name; what had that name is gone then.
  mm::Result<HostPath> locate_for_link(const GuestPath& to, HostFiles::Replace replace);

  HostFiles& files() { return *files_; }
  FileNodes& nodes() { return nodes_; }

 private:
  mm::Result<Location> locate_name(const DiskFile* below, const ObjectName& name);
  mm::Result<OpenedFile> open_existing(const FileMaker& maker, const Location& location,
                                       const ObjectName& name, const OpenRequest& request);
  mm::Result<OpenedFile> create(const FileMaker& maker, const Location& location, const ObjectName& name,
                                const OpenRequest& request);
  mm::NtStatus may_open(const Location& location, const ObjectName& name, const OpenRequest& request) const;
  // Lets another file take the place of what is at `target`, if that may give way.
  mm::NtStatus make_room(const Location& target, HostFiles::Replace replace);
  mm::Result<OpenedFile> make(const FileMaker& maker, const Location& location,
                              std::unique_ptr<HostFile> content, const OpenRequest& request,
                              OpenResult result);

  std::shared_ptr<HostFiles> files_;
  FileNodes nodes_;
};

}  // namespace emu
