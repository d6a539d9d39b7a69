#include "emulator/kernel/files/volume.h"

#include <utility>

#include "emulator/kernel/files/empty_files.h"
#include "emulator/kernel/files/names.h"

namespace emu {
namespace {

using mm::NtStatus;
using Kind = HostEntry::Kind;

constexpr AccessMask kReadsContent = file_access::kReadData | file_access::kExecute;
constexpr AccessMask kWritesContent = file_access::kWriteData | file_access::kAppendData;
constexpr uint32_t kGuardedAttributes = file_attribute::kHidden | file_attribute::kSystem;

bool has(const OpenRequest& request, uint32_t option) { return (request.options & option) != 0; }

bool overwrites(Disposition disposition) {
  return disposition == Disposition::Supersede || disposition == Disposition::Overwrite ||
         disposition == Disposition::OverwriteIf;
}

bool creates(Disposition disposition) {
  return disposition != Disposition::Open && disposition != Disposition::Overwrite;
}

OpenResult overwritten_result(Disposition disposition) {
  return disposition == Disposition::Supersede ? OpenResult::Superseded : OpenResult::Overwritten;
}

// What kind of thing the caller insists on.
NtStatus check_kind(Kind kind, const ObjectName& name, const OpenRequest& request) {
  if (kind == Kind::Directory) {
    if (has(request, file_option::kNonDirectory)) return NtStatus::FileIsADirectory;
    return overwrites(request.disposition) ? NtStatus::ObjectNameCollision : NtStatus::Success;
  }
  if (has(request, file_option::kDirectory)) return NtStatus::NotADirectory;
  return name.ending == ObjectName::Ending::Separator ? NtStatus::ObjectNameInvalid : NtStatus::Success;
}

NtStatus check_read_only(const HostEntry& entry, const OpenRequest& request) {
  if (entry.kind != Kind::File || entry.protection == HostEntry::Protection::None) return NtStatus::Success;
  if (has(request, file_option::kDeleteOnClose)) return NtStatus::CannotDelete;
  const bool writes = (request.access & kWritesContent) != 0 || overwrites(request.disposition);
  return writes ? NtStatus::AccessDenied : NtStatus::Success;
}

uint32_t settable(uint32_t attributes) {
  return attributes & file_attribute::kSettable & ~file_attribute::kReadOnly;
}

}  // namespace

NtStatus check_open_request(const OpenRequest& request) {
  const auto both = [&](uint32_t a, uint32_t b) { return has(request, a) && has(request, b); };
  if (request.disposition > Disposition::OverwriteIf || (request.share & ~file_share::kAll) != 0 ||
      (request.options & ~file_option::kValid) != 0)
    return NtStatus::InvalidParameter;
  if (both(file_option::kDirectory, file_option::kNonDirectory) ||
      both(file_option::kSynchronousAlert, file_option::kSynchronousNonAlert))
    return NtStatus::InvalidParameter;
  if (has(request, file_option::kDirectory) && overwrites(request.disposition))
    return NtStatus::InvalidParameter;
  if (has(request, file_option::kSynchronous) && (request.access & access_right::kSynchronize) == 0)
    return NtStatus::InvalidParameter;
  if (has(request, file_option::kDeleteOnClose) && (request.access & access_right::kDelete) == 0)
    return NtStatus::InvalidParameter;
  return NtStatus::Success;
}

Volume::Volume(const Clock& clock) : files_(std::make_unique<EmptyFiles>()), nodes_(clock) {}
Volume::~Volume() = default;

mm::Result<Location> Volume::locate_name(const DiskFile* below, const ObjectName& name) {
  if (below == nullptr) return locate(*files_, name.path);
  if (!below->directory()) return mm::fail(NtStatus::ObjectPathNotFound);
  return locate_below(*files_, below->path(), name.path);
}

mm::Result<OpenedFile> Volume::open(const FileMaker& maker, const DiskFile* below, const ObjectName& name,
                                    const OpenRequest& request) {
  if (name.raw) return mm::fail(NtStatus::AccessDenied);  // the volume's sectors are an administrator's
  const auto location = locate_name(below, name);
  if (!location) return mm::fail(location.error());
  return location->entry ? open_existing(maker, *location, name, request)
                         : create(maker, *location, name, request);
}

NtStatus Volume::may_open(const Location& location, const ObjectName& name,
                          const OpenRequest& request) const {
  const HostEntry& entry = *location.entry;
  const FileNode* node = nodes_.find(entry.id);
  if (node != nullptr && node->delete_pending(location.path)) return NtStatus::DeletePending;
  if (request.disposition == Disposition::Create) return NtStatus::ObjectNameCollision;
  if (const NtStatus status = check_kind(entry.kind, name, request); status != NtStatus::Success)
    return status;
  if (const NtStatus status = check_read_only(entry, request); status != NtStatus::Success) return status;
  // Hidden and system files are overwritten only by those who know what they are.
  if (node != nullptr && overwrites(request.disposition) &&
      (node->attributes & kGuardedAttributes & ~request.attributes) != 0)
    return NtStatus::AccessDenied;
  const bool shared = node == nullptr || node->share.allows(ShareClaim(request.access, request.share));
  return shared ? NtStatus::Success : NtStatus::SharingViolation;
}

mm::Result<OpenedFile> Volume::open_existing(const FileMaker& maker, const Location& location,
                                             const ObjectName& name, const OpenRequest& request) {
  const HostEntry& entry = *location.entry;
  const NtStatus status = may_open(location, name, request);
  if (status != NtStatus::Success) return mm::fail(status);
  if (has(request, file_option::kDeleteOnClose))
    if (const NtStatus removable = files_->may_remove(location.path); removable != NtStatus::Success)
      return mm::fail(removable);
  const bool overwriting = overwrites(request.disposition);
  const bool writing = overwriting || (request.access & kWritesContent) != 0;
  std::unique_ptr<HostFile> content;
  if (entry.kind == Kind::File && (writing || (request.access & kReadsContent) != 0)) {
    auto opened =
        files_->open(location.path, writing ? HostFiles::Access::ReadWrite : HostFiles::Access::Read);
    if (!opened) return mm::fail(opened.error());
    content = std::move(*opened);
  }
  if (!overwriting) return make(maker, location, std::move(content), request, OpenResult::Opened);
  if (const NtStatus emptied = content->resize(0); emptied != NtStatus::Success) return mm::fail(emptied);
  FileNode& node = nodes_.of(entry);
  nodes_.note_written(node);
  node.attributes = settable(request.attributes) | file_attribute::kArchive;
  return make(maker, location, std::move(content), request, overwritten_result(request.disposition));
}

mm::Result<OpenedFile> Volume::create(const FileMaker& maker, const Location& location,
                                      const ObjectName& name, const OpenRequest& request) {
  if (!creates(request.disposition)) return mm::fail(NtStatus::ObjectNameNotFound);
  const bool directory = has(request, file_option::kDirectory);
  if (!directory && name.ending == ObjectName::Ending::Separator)
    return mm::fail(NtStatus::ObjectNameInvalid);
  const bool read_only = (request.attributes & file_attribute::kReadOnly) != 0;
  if (read_only && has(request, file_option::kDeleteOnClose)) return mm::fail(NtStatus::CannotDelete);
  Location made = location;
  std::unique_ptr<HostFile> content;
  if (directory) {
    const NtStatus status = files_->make_directory(location.path);
    if (status != NtStatus::Success) return mm::fail(status);
  } else {
    auto file = files_->create(location.path);
    if (!file) return mm::fail(file.error());
    content = std::move(*file);
    const NtStatus status =
        read_only ? files_->protect(location.path, HostEntry::Protection::ReadOnly) : NtStatus::Success;
    if (status != NtStatus::Success) return mm::fail(status);
  }
  const auto entry = files_->look(location.path);
  if (!entry) return mm::fail(entry.error());
  made.entry = *entry;
  FileNode& node = nodes_.of(*entry);
  nodes_.note_created(node);
  node.attributes = settable(request.attributes) | (directory ? 0 : file_attribute::kArchive);
  return make(maker, made, std::move(content), request, OpenResult::Created);
}

mm::Result<OpenedFile> Volume::make(const FileMaker& maker, const Location& location,
                                    std::unique_ptr<HostFile> content, const OpenRequest& request,
                                    OpenResult result) {
  DiskFile::Opening opening;
  opening.path = location.path;
  opening.entry = *location.entry;
  opening.content = std::move(content);
  opening.claim = ShareClaim(request.access, request.share);
  opening.synchrony = has(request, file_option::kSynchronous) ? DiskFile::Synchrony::Synchronous
                                                              : DiskFile::Synchrony::Overlapped;
  if (has(request, file_option::kDeleteOnClose)) opening.delete_on_close = DiskFile::DeleteOnClose::Yes;
  opening.options = request.options;
  auto file =
      maker.objects.make_for<DiskFile>(maker.payer, *this, nodes_.of(*location.entry), std::move(opening));
  if (!file) return mm::fail(file.error());
  (*file)->search().charge_to(maker.payer);
  return OpenedFile{*file, result};
}

mm::Result<FileInformation> Volume::query(const DiskFile* below, const ObjectName& name) {
  if (name.raw) return mm::fail(NtStatus::InvalidParameter);
  const auto location = locate_name(below, name);
  if (!location) return mm::fail(location.error());
  if (!location->entry) return mm::fail(NtStatus::ObjectNameNotFound);
  const bool file = location->entry->kind == Kind::File;
  if (file && name.ending == ObjectName::Ending::Separator) return mm::fail(NtStatus::ObjectNameInvalid);
  const FileNode* node = nodes_.find(location->entry->id);
  if (node != nullptr && node->delete_pending(location->path)) return mm::fail(NtStatus::DeletePending);
  return nodes_.information(*location->entry);
}

mm::Result<HostPath> Volume::locate_for_rename(const GuestPath& to, const HostPath& from,
                                               HostFiles::Replace replace) {
  auto target = locate(*files_, to);
  if (!target) return mm::fail(target.error());
  if (!target->entry) return target->path;
  if (target->path == from) {  // the same name in another case
    HostPath spelled = from;
    spelled.back() = to_host(to.back()).value_or(spelled.back());
    return spelled;
  }
  if (const NtStatus status = make_room(*target, replace); status != NtStatus::Success)
    return mm::fail(status);
  return target->path;
}

mm::Result<HostPath> Volume::locate_for_link(const GuestPath& to, HostFiles::Replace replace) {
  auto target = locate(*files_, to);
  if (!target) return mm::fail(target.error());
  if (!target->entry) return target->path;
  if (const NtStatus status = make_room(*target, replace); status != NtStatus::Success)
    return mm::fail(status);
  if (const NtStatus status = files_->remove_file(target->path); status != NtStatus::Success)
    return mm::fail(status);
  return target->path;
}

NtStatus Volume::make_room(const Location& target, HostFiles::Replace replace) {
  if (replace == HostFiles::Replace::No) return NtStatus::ObjectNameCollision;
  const FileNode* node = nodes_.find(target.entry->id);
  const bool open = node != nullptr && !node->open_files.empty();
  const bool read_only = target.entry->protection == HostEntry::Protection::ReadOnly;
  if (target.entry->kind == Kind::Directory || open || read_only) return NtStatus::AccessDenied;
  if (target.entry->links == 1) nodes_.forget(target.entry->id);
  return NtStatus::Success;
}

}  // namespace emu
