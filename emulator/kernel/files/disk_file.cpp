#include "emulator/kernel/files/disk_file.h"

#include <algorithm>
#include <utility>

#include "emulator/kernel/files/names.h"
#include "emulator/kernel/files/volume.h"

namespace emu {

using mm::NtStatus;

DiskFile::DiskFile(Volume& volume, FileNode& node, Opening opening)
    : volume_(volume), node_(node), opening_(std::move(opening)) {
  node_.share.add(opening_.claim);
  node_.open_files.push_back(this);
}

DiskFile::~DiskFile() { close(); }

mm::Result<uint64_t> DiskFile::begin(Direction direction, const TransferStart& start) {
  if (opening_.content == nullptr) return mm::fail(NtStatus::InvalidDeviceRequest);
  switch (start.kind) {
    case TransferStart::Kind::Offset: return start.offset;
    case TransferStart::Kind::End:
      if (direction == Direction::Read) return mm::fail(NtStatus::InvalidParameter);
      return opening_.content->size();
    case TransferStart::Kind::Current:
      if (opening_.synchrony == Synchrony::Overlapped) return mm::fail(NtStatus::InvalidParameter);
      return position_;
  }
  return mm::fail(NtStatus::InvalidParameter);
}

mm::Result<uint32_t> DiskFile::read(uint64_t offset, std::span<std::byte> bytes) {
  return opening_.content->read(offset, bytes);
}

mm::Result<uint32_t> DiskFile::write(uint64_t offset, std::span<const std::byte> bytes) {
  const NtStatus status = opening_.content->write(offset, bytes);
  if (status != NtStatus::Success) return mm::fail(status);
  volume_.nodes().note_written(node_);
  return static_cast<uint32_t>(bytes.size());
}

void DiskFile::finish(uint64_t end) {
  if (opening_.synchrony == Synchrony::Synchronous) position_ = end;
}

NtStatus DiskFile::flush() {
  return opening_.content != nullptr ? opening_.content->flush() : NtStatus::InvalidDeviceRequest;
}

mm::Result<FileInformation> DiskFile::information() const {
  auto entry = volume_.files().look(path());
  // The host may have taken it away meanwhile: what is open stays what it was.
  if (!entry || entry->id != opening_.entry.id) entry = opening_.entry;
  if (opening_.content != nullptr) {
    const auto size = opening_.content->size();
    if (!size) return mm::fail(size.error());
    entry->size = *size;
  }
  FileInformation information = volume_.nodes().information(*entry);
  information.delete_pending = delete_pending();
  return information;
}

std::u16string DiskFile::guest_path() const {
  std::u16string text;
  for (const std::string& name : path()) text += u'\\' + to_guest(name).value_or(u"?");
  return text.empty() ? u"\\" : text;
}

NtStatus DiskFile::set_basic(const BasicChange& change) {
  const auto set = [](std::optional<uint64_t>& time, int64_t value) {
    if (value > 0) time = static_cast<uint64_t>(value);
  };
  if (change.attributes != 0) {
    const bool wants_directory = (change.attributes & file_attribute::kDirectory) != 0;
    if (wants_directory && !directory()) return NtStatus::InvalidParameter;
    const bool read_only = (change.attributes & file_attribute::kReadOnly) != 0;
    const auto protection = read_only ? HostEntry::Protection::ReadOnly : HostEntry::Protection::None;
    if (!directory() && protection != opening_.entry.protection) {
      const NtStatus status = volume_.files().protect(path(), protection);
      if (status != NtStatus::Success) return status;
      for (DiskFile* file : node_.open_files) file->opening_.entry.protection = protection;
    }
    node_.attributes = change.attributes & file_attribute::kSettable & ~file_attribute::kReadOnly;
  }
  set(node_.times.created, change.created);
  set(node_.times.accessed, change.accessed);
  set(node_.times.written, change.written);
  set(node_.times.changed, change.changed);
  return NtStatus::Success;
}

NtStatus DiskFile::set_size(uint64_t size) {
  if (opening_.content == nullptr) return NtStatus::InvalidParameter;
  const NtStatus status = opening_.content->resize(size);
  if (status == NtStatus::Success) volume_.nodes().note_written(node_);
  return status;
}

NtStatus DiskFile::check_deletable() const {
  const bool read_only = !directory() && opening_.entry.protection == HostEntry::Protection::ReadOnly;
  if (path().empty() || read_only) return NtStatus::CannotDelete;
  if (directory()) {
    const auto names = volume_.files().list(path());
    if (!names) return names.error();
    if (!names->empty()) return NtStatus::DirectoryNotEmpty;
  }
  return volume_.files().may_remove(path());
}

NtStatus DiskFile::set_deletion(FileNode::Deletion deletion) {
  if (deletion == FileNode::Deletion::Pending)
    if (const NtStatus status = check_deletable(); status != NtStatus::Success) return status;
  if (deletion == FileNode::Deletion::Pending) {
    node_.deleted.insert(path());
  } else {
    node_.deleted.erase(path());
  }
  return NtStatus::Success;
}

NtStatus DiskFile::rename(const std::vector<std::u16string>& to, HostFiles::Replace replace) {
  if (path().empty() || to.empty()) return NtStatus::InvalidParameter;
  if (delete_pending()) return NtStatus::DeletePending;
  if (directory() && volume_.nodes().open_below(path())) return NtStatus::AccessDenied;
  auto target = volume_.locate_for_rename(to, path(), replace);
  if (!target) return target.error();
  if (*target == path()) return NtStatus::Success;
  const NtStatus status = volume_.files().rename(path(), *target, replace);
  if (status == NtStatus::Success) moved_to(*target);
  return status;
}

// [MS-FSA] 2.1.5.15.6.
NtStatus DiskFile::link(const std::vector<std::u16string>& to, HostFiles::Replace replace) {
  constexpr uint32_t kMostLinks = 1024;
  if (directory()) return NtStatus::FileIsADirectory;
  if (delete_pending()) return NtStatus::AccessDenied;
  const auto known = information();
  if (!known) return known.error();
  if (known->links >= kMostLinks) return NtStatus::TooManyLinks;
  const auto target = volume_.locate_for_link(to, replace);
  return target ? volume_.files().link(path(), *target) : target.error();
}

void DiskFile::moved_to(const HostPath& path) {
  const HostPath old = opening_.path;
  for (DiskFile* file : node_.open_files)
    if (file->opening_.path == old) file->opening_.path = path;
}

void DiskFile::close() {
  if (std::exchange(closed_, true)) return;
  if (opening_.delete_on_close == DeleteOnClose::Yes) (void)set_deletion(FileNode::Deletion::Pending);
  node_.share.remove(opening_.claim);
  std::erase(node_.open_files, this);
  opening_.content.reset();
  const bool still_open = std::any_of(node_.open_files.begin(), node_.open_files.end(),
                                      [&](const DiskFile* file) { return file->path() == path(); });
  if (!still_open && delete_pending()) delete_now();
}

// Nobody is left to be told of a failure: a host that refuses keeps the file, as a full disk does on Windows.
void DiskFile::delete_now() {
  HostFiles& files = volume_.files();
  node_.deleted.erase(path());
  const auto entry = files.look(path());
  const bool last = entry && entry->links == 1 && node_.open_files.empty();
  const NtStatus status = directory() ? files.remove_directory(path()) : files.remove_file(path());
  if (status == NtStatus::Success && last) volume_.nodes().forget(opening_.entry.id);
}

}  // namespace emu
