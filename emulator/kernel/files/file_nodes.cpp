#include "emulator/kernel/files/file_nodes.h"

#include <algorithm>

#include "emulator/kernel/files/disk_file.h"

namespace emu {
namespace {

constexpr uint32_t attributes_of_new(HostEntry::Kind kind) {
  return kind == HostEntry::Kind::File ? file_attribute::kArchive : 0;
}

uint32_t all_attributes(const HostEntry& entry, uint32_t given) {
  uint32_t attributes = given;
  if (entry.kind == HostEntry::Kind::Directory) attributes |= file_attribute::kDirectory;
  if (entry.kind == HostEntry::Kind::File && entry.protection == HostEntry::Protection::ReadOnly)
    attributes |= file_attribute::kReadOnly;
  return attributes != 0 ? attributes : file_attribute::kNormal;
}

bool lies_below(const HostPath& path, const HostPath& folder) {
  return path.size() > folder.size() && std::equal(folder.begin(), folder.end(), path.begin());
}

}  // namespace

FileNode& FileNodes::of(const HostEntry& entry) {
  const auto [place, made] = nodes_.try_emplace(entry.id);
  FileNode& node = place->second;
  if (made) {
    node.index = ++last_index_;
    node.attributes = attributes_of_new(entry.kind);
  }
  return node;
}

const FileNode* FileNodes::find(const HostFileId& id) const {
  const auto place = nodes_.find(id);
  return place == nodes_.end() ? nullptr : &place->second;
}

FileInformation FileNodes::information(const HostEntry& entry) const {
  static const FileTimes kNoTimes;
  const FileNode* node = find(entry.id);
  const FileTimes& times = node != nullptr ? node->times : kNoTimes;
  const bool virtual_time = clock_.source() == ClockSource::Virtual;
  const uint64_t changed = virtual_time ? boot_time_ : entry.changed_at;
  const uint64_t accessed = virtual_time ? boot_time_ : entry.accessed_at;
  FileInformation information;
  information.created = times.created.value_or(changed);
  information.accessed = times.accessed.value_or(accessed);
  information.written = times.written.value_or(changed);
  information.changed = times.changed.value_or(changed);
  information.size = entry.size;
  information.allocation = (entry.size + kClusterSize - 1) / kClusterSize * kClusterSize;
  information.attributes =
      all_attributes(entry, node != nullptr ? node->attributes : attributes_of_new(entry.kind));
  information.links = entry.links - (node != nullptr ? static_cast<uint32_t>(node->deleted.size()) : 0);
  information.directory = entry.kind == HostEntry::Kind::Directory;
  return information;
}

void FileNodes::note_created(FileNode& node) const {
  const uint64_t now = clock_.system_time();
  node.times = {now, now, now, now};
}

void FileNodes::note_written(FileNode& node) const {
  if (clock_.source() == ClockSource::Virtual) {
    node.times.written = node.times.changed = clock_.system_time();
  } else {
    node.times.written = node.times.changed = std::nullopt;  // the host knows
  }
}

bool FileNodes::open_below(const HostPath& folder) const {
  return std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& entry) {
    const auto& files = entry.second.open_files;
    return std::any_of(files.begin(), files.end(),
                       [&](const DiskFile* file) { return lies_below(file->path(), folder); });
  });
}

}  // namespace emu
