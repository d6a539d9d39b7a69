// NtQueryDirectoryFile.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/objects/object_attributes.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/files.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr size_t kEntryAlignment = 8;
constexpr uint32_t kLargestAnswer = 64 * 1024;  // at a time, however large the guest's buffer is

// How large an entry of a class is before its name; 0: no such class.
size_t name_offset(uint32_t information_class) {
  switch (information_class) {
    case abi::FileClass_Directory: return abi::FileDirectory_NameOffset;
    case abi::FileClass_FullDirectory: return abi::FileFullDirectory_NameOffset;
    case abi::FileClass_BothDirectory: return abi::FileBothDirectory_NameOffset;
    case abi::FileClass_IdBothDirectory: return abi::FileIdBothDirectory_NameOffset;
    case abi::FileClass_Names: return abi::FileNames_NameOffset;
    default: return 0;
  }
}

template <class T>
void place(std::vector<std::byte>& bytes, size_t at, const T& value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

std::vector<std::byte> encode(const DirectorySearch::Found& found, uint32_t information_class) {
  const size_t name_at = name_offset(information_class);
  const auto name_size = static_cast<uint32_t>(found.name.size() * sizeof(char16_t));
  std::vector<std::byte> bytes(name_at + name_size);
  const FileInformation& file = found.information;
  if (information_class == abi::FileClass_Names) {
    place(bytes, 8, name_size);
  } else {
    const abi::FileDirectoryInformation head{0,
                                             0,
                                             file.created,
                                             file.accessed,
                                             file.written,
                                             file.changed,
                                             file.directory ? 0 : file.size,
                                             file.directory ? 0 : file.allocation,
                                             file.attributes,
                                             name_size};
    place(bytes, 0, head);
  }
  if (information_class == abi::FileClass_IdBothDirectory)
    place(bytes, abi::FileIdBothDirectory_IdOffset, found.index);
  std::memcpy(bytes.data() + name_at, found.name.data(), name_size);
  return bytes;
}

// Entries one behind the other, each naming the next.
class Answer {
 public:
  explicit Answer(uint32_t room) : room_(std::min(room, kLargestAnswer)) {}

  bool empty() const { return bytes_.empty(); }
  std::span<const std::byte> bytes() const { return bytes_; }

  bool fits(const std::vector<std::byte>& entry) const { return next_place() + entry.size() <= room_; }

  void add(const std::vector<std::byte>& entry) {
    const size_t at = next_place();
    if (!empty()) place(bytes_, last_, static_cast<uint32_t>(at - last_));
    bytes_.resize(at);
    bytes_.insert(bytes_.end(), entry.begin(), entry.end());
    last_ = at;
  }

  // The first one does not fit: as much of it as does.
  void add_part(const std::vector<std::byte>& entry) { bytes_.assign(entry.begin(), entry.begin() + room_); }

 private:
  size_t next_place() const {
    return (bytes_.size() + kEntryAlignment - 1) / kEntryAlignment * kEntryAlignment;
  }

  uint32_t room_;
  std::vector<std::byte> bytes_;
  size_t last_ = 0;
};

struct Query {
  uint32_t information_class;
  bool single;
};

NtStatus fill(DiskFile& directory, const Query& query, Answer& answer) {
  Volume& volume = directory.volume();
  for (;;) {
    const auto found = directory.search().next(volume.files(), volume.nodes(), directory.path());
    if (!found) return answer.empty() ? found.error() : NtStatus::Success;
    const auto entry = encode(*found, query.information_class);
    if (!answer.fits(entry)) {
      if (!answer.empty()) return NtStatus::Success;
      answer.add_part(entry);
      return NtStatus::BufferOverflow;
    }
    answer.add(entry);
    directory.search().advance();
    if (query.single) return NtStatus::Success;
  }
}

mm::Result<std::u16string> capture_pattern(ServiceCall& call, mm::VirtualAddress at) {
  if (at.value == 0) return std::u16string();
  return capture_unicode_string(call.memory, at);
}

NtStatus put(ServiceCall& call, const Answer& answer, NtStatus status) {
  if (const NtStatus written = call.memory.write(call.pointer(5), answer.bytes());
      written != NtStatus::Success)
    return written;
  const abi::IoStatusBlock block{static_cast<uint32_t>(status), static_cast<uint32_t>(answer.bytes().size())};
  const NtStatus written = call.memory.store(call.pointer(4), block);
  return written == NtStatus::Success ? status : written;
}

}  // namespace

// directory, event, apc, apc context, io status*, buffer*, length, class, single, pattern*, restart
ServiceResult NtQueryDirectoryFile(ServiceCall& call) {
  const NtStatus probed = call.memory.probe_for_write(call.pointer(4), sizeof(abi::IoStatusBlock));
  if (probed != NtStatus::Success) return probed;
  const auto file = call.reference<FileObject>(call.handle(0), file_access::kReadData);
  if (!file) return file.error();
  DiskFile* directory = (*file)->as_disk_file();
  if (directory == nullptr || !directory->directory()) return NtStatus::InvalidParameter;
  const Query query{call.word(7), (call.word(8) & 0xFF) != 0};
  const size_t least = name_offset(query.information_class);
  if (least == 0) return NtStatus::InvalidInfoClass;
  if (call.word(6) < least) return NtStatus::InfoLengthMismatch;
  const auto pattern = capture_pattern(call, call.pointer(9));
  if (!pattern) return pattern.error();
  const auto restart =
      (call.word(10) & 0xFF) != 0 ? DirectorySearch::Restart::Yes : DirectorySearch::Restart::No;
  Volume& volume = directory->volume();
  const NtStatus prepared = directory->search().prepare(volume.files(), directory->path(), *pattern, restart);
  if (prepared != NtStatus::Success) return prepared;
  Answer answer(call.word(6));
  const NtStatus status = fill(*directory, query, answer);
  return answer.empty() ? status : put(call, answer, status);
}

}  // namespace emu::services
