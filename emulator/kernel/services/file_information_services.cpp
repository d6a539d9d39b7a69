// NtQueryInformationFile, NtSetInformationFile, NtQueryVolumeInformationFile, NtFlushBuffersFile
// ([MS-FSCC] 2.4 and 2.5 have the classes).
#include <cstring>
#include <string>
#include <vector>

#include "emulator/kernel/files/object_name.h"
#include "emulator/kernel/files/pipe.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/objects/object_attributes.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/files.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr uint32_t kLongestRename = 64 * 1024;  // bytes: what a UNICODE_STRING can hold

// The answer to a query: bytes, of which the first `least` must fit.
struct Answer {
  std::vector<std::byte> bytes;
  size_t least;
};

template <class T>
Answer fixed(const T& information) {
  const auto bytes = std::as_bytes(std::span(&information, 1));
  return {{bytes.begin(), bytes.end()}, bytes.size()};
}

// A fixed head, then a name with its length in front.
template <class T>
Answer with_name(const T& head, size_t head_size, std::u16string_view name) {
  const auto length = static_cast<uint32_t>(name.size() * sizeof(char16_t));
  const auto* begin = reinterpret_cast<const std::byte*>(&head);
  Answer answer{{begin, begin + head_size}, head_size + sizeof length};
  answer.bytes.resize(head_size + sizeof length + length);
  std::memcpy(answer.bytes.data() + head_size, &length, sizeof length);
  std::memcpy(answer.bytes.data() + head_size + sizeof length, name.data(), length);
  return answer;
}

NtStatus put(ServiceCall& call, const Answer& answer) {
  const uint32_t room = call.word(3);
  if (room < answer.least) return NtStatus::InfoLengthMismatch;
  const auto bytes = std::span(answer.bytes).first(std::min<size_t>(room, answer.bytes.size()));
  const NtStatus whole = bytes.size() < answer.bytes.size() ? NtStatus::BufferOverflow : NtStatus::Success;
  NtStatus status = call.memory.write(call.pointer(2), bytes);
  if (status != NtStatus::Success) return status;
  status = call.memory.store(
      call.pointer(1), abi::IoStatusBlock{static_cast<uint32_t>(whole), static_cast<uint32_t>(bytes.size())});
  return status == NtStatus::Success ? whole : status;
}

abi::FileBasicInformation basic(const FileInformation& file) {
  return {file.created, file.accessed, file.written, file.changed, file.attributes, 0};
}

abi::FileStandardInformation standard(const FileInformation& file) {
  return {file.allocation,
          file.size,
          file.links,
          static_cast<uint8_t>(file.delete_pending),
          static_cast<uint8_t>(file.directory),
          {}};
}

abi::FileNetworkOpenInformation network_open(const FileInformation& file) {
  return {file.created,    file.accessed, file.written,    file.changed,
          file.allocation, file.size,     file.attributes, 0};
}

// FILE_ALL_INFORMATION without its name.
struct AllInformation {
  abi::FileBasicInformation basic;
  abi::FileStandardInformation standard;
  abi::FileInternalInformation internal;
  uint32_t ea_size;
  uint32_t access_flags;
  abi::FilePositionInformation position;
  uint32_t mode;
  uint32_t alignment;
  uint32_t name_length;  // written with the name
};

Answer all(const DiskFile& file, const FileInformation& information, AccessMask granted) {
  const AllInformation all{basic(information),
                           standard(information),
                           {file.index()},
                           0,
                           granted,
                           {file.position()},
                           file.options(),
                           0,
                           0};
  return with_name(all, offsetof(AllInformation, name_length), file.guest_path());
}

mm::Result<Answer> query_disk(const DiskFile& file, uint32_t information_class, AccessMask granted) {
  const auto information = file.information();
  if (!information) return mm::fail(information.error());
  switch (information_class) {
    case abi::FileClass_Basic: return fixed(basic(*information));
    case abi::FileClass_Standard: return fixed(standard(*information));
    case abi::FileClass_Internal: return fixed(abi::FileInternalInformation{file.index()});
    case abi::FileClass_Position: return fixed(abi::FilePositionInformation{file.position()});
    case abi::FileClass_NetworkOpen: return fixed(network_open(*information));
    case abi::FileClass_AttributeTag:
      return fixed(abi::FileAttributeTagInformation{information->attributes, 0});
    case abi::FileClass_Name: return with_name(0, 0, file.guest_path());
    case abi::FileClass_All: return all(file, *information, granted);
    default: return mm::fail(NtStatus::InvalidInfoClass);
  }
}

mm::Result<Answer> query(FileObject& file, uint32_t information_class, AccessMask granted) {
  constexpr uint32_t kNone = 0;
  DiskFile* disk = file.as_disk_file();
  PipeEnd* pipe = file.as_pipe_end();
  switch (information_class) {  // the ones that need no disk
    case abi::FileClass_Access: return fixed(granted);
    case abi::FileClass_Ea:
    case abi::FileClass_Alignment: return fixed(kNone);
    case abi::FileClass_Mode:
      return fixed(disk != nullptr ? disk->options() : file_option::kSynchronousNonAlert);
    default: break;
  }
  if (disk != nullptr) return query_disk(*disk, information_class, granted);
  if (pipe != nullptr && information_class == abi::FileClass_PipeLocal)
    return fixed(pipe->local_information());
  if (information_class == abi::FileClass_Standard)
    return fixed(abi::FileStandardInformation{0, 0, 1, 0, 0, {}});
  return mm::fail(NtStatus::InvalidDeviceRequest);
}

// Which right a class needs ([MS-FSA] 2.1.5.11 and 2.1.5.14).
AccessMask right_to_query(uint32_t information_class) {
  switch (information_class) {
    case abi::FileClass_Basic:
    case abi::FileClass_All:
    case abi::FileClass_NetworkOpen:
    case abi::FileClass_AttributeTag: return file_access::kReadAttributes;
    default: return 0;
  }
}

AccessMask right_to_set(uint32_t information_class) {
  switch (information_class) {
    case abi::FileClass_Basic: return file_access::kWriteAttributes;
    case abi::FileClass_Rename:
    case abi::FileClass_Disposition: return access_right::kDelete;
    case abi::FileClass_EndOfFile:
    case abi::FileClass_Allocation: return file_access::kWriteData;
    default: return 0;
  }
}

template <class T>
mm::Result<T> load(ServiceCall& call) {
  if (call.word(3) < sizeof(T)) return mm::fail(NtStatus::InfoLengthMismatch);
  return call.memory.load<T>(call.pointer(2));
}

NtStatus set_basic(ServiceCall& call, DiskFile& file) {
  const auto given = load<abi::FileBasicInformation>(call);
  if (!given) return given.error();
  return file.set_basic({.created = static_cast<int64_t>(given->CreationTime),
                         .accessed = static_cast<int64_t>(given->LastAccessTime),
                         .written = static_cast<int64_t>(given->LastWriteTime),
                         .changed = static_cast<int64_t>(given->ChangeTime),
                         .attributes = given->FileAttributes});
}

NtStatus set_position(ServiceCall& call, DiskFile& file) {
  const auto given = load<abi::FilePositionInformation>(call);
  if (!given) return given.error();
  if (given->CurrentByteOffset > INT64_MAX) return NtStatus::InvalidParameter;
  file.set_position(given->CurrentByteOffset);
  return NtStatus::Success;
}

NtStatus set_size(ServiceCall& call, DiskFile& file) {
  const auto given = load<abi::FileEndOfFileInformation>(call);
  if (!given) return given.error();
  return given->EndOfFile > INT64_MAX ? NtStatus::InvalidParameter : file.set_size(given->EndOfFile);
}

// Setting the allocation cuts a longer file off and reserves nothing.
NtStatus set_allocation(ServiceCall& call, DiskFile& file) {
  const auto given = load<abi::FileEndOfFileInformation>(call);
  if (!given) return given.error();
  if (given->EndOfFile > INT64_MAX) return NtStatus::InvalidParameter;
  const auto information = file.information();
  if (!information) return information.error();
  return given->EndOfFile < information->size ? file.set_size(given->EndOfFile) : NtStatus::Success;
}

NtStatus set_disposition(ServiceCall& call, DiskFile& file) {
  const auto wanted = load<uint8_t>(call);
  if (!wanted) return wanted.error();
  return file.set_deletion(*wanted != 0 ? FileNode::Deletion::Pending : FileNode::Deletion::No);
}

// A name without a folder stays in the file's own ([MS-FSCC] 2.4.37).
mm::Result<GuestPath> new_path(const DiskFile& file, const std::u16string& name) {
  if (name.starts_with(u'\\')) {
    auto parsed = parse_object_name(name);
    if (!parsed) return mm::fail(parsed.error());
    if (parsed->device != ObjectName::Device::Volume || parsed->raw) return mm::fail(NtStatus::NotSameDevice);
    return parsed->path;
  }
  auto parsed = parse_relative_name(name);
  if (!parsed || parsed->path.size() != 1) return mm::fail(NtStatus::ObjectNameInvalid);
  const std::u16string own = file.guest_path();
  auto folder = parse_relative_name(own.substr(1, own.rfind(u'\\')));
  if (!folder) return mm::fail(folder.error());
  folder->path.push_back(parsed->path.front());
  return folder->path;
}

// A name that a file gets, by FILE_RENAME_INFORMATION or FILE_LINK_INFORMATION.
struct NewName {
  GuestPath path;
  HostFiles::Replace replace;
};

mm::Result<NewName> load_new_name(ServiceCall& call, const DiskFile& file) {
  constexpr uint32_t kNameAt = offsetof(abi::FileRenameInformation, FileName);
  struct Head {
    uint32_t replace, root, length;
  };
  const auto head = load<Head>(call);
  if (!head) return mm::fail(head.error());
  if (head->root != 0) return mm::fail(NtStatus::NotSupported);
  if (head->length % sizeof(char16_t) != 0 || head->length > kLongestRename || head->length == 0 ||
      call.word(3) - kNameAt < head->length)
    return mm::fail(NtStatus::InvalidParameter);
  std::u16string name(head->length / sizeof(char16_t), u'\0');
  const NtStatus status =
      call.memory.read(call.pointer(2) + kNameAt, std::as_writable_bytes(std::span(name)));
  if (status != NtStatus::Success) return mm::fail(status);
  auto path = new_path(file, name);
  if (!path) return mm::fail(path.error());
  return NewName{std::move(*path),
                 (head->replace & 0xFF) != 0 ? HostFiles::Replace::Yes : HostFiles::Replace::No};
}

NtStatus rename(ServiceCall& call, DiskFile& file) {
  const auto name = load_new_name(call, file);
  return name ? file.rename(name->path, name->replace) : name.error();
}

NtStatus link(ServiceCall& call, DiskFile& file) {
  const auto name = load_new_name(call, file);
  return name ? file.link(name->path, name->replace) : name.error();
}

NtStatus set(ServiceCall& call, DiskFile& file) {
  switch (call.word(4)) {
    case abi::FileClass_Basic: return set_basic(call, file);
    case abi::FileClass_Position: return set_position(call, file);
    case abi::FileClass_EndOfFile: return set_size(call, file);
    case abi::FileClass_Allocation: return set_allocation(call, file);
    case abi::FileClass_Disposition: return set_disposition(call, file);
    case abi::FileClass_Rename: return rename(call, file);
    case abi::FileClass_Link: return link(call, file);
    default: return NtStatus::InvalidInfoClass;
  }
}

constexpr uint32_t kSectorSize = 512;
constexpr uint32_t kSectorsPerCluster = FileNodes::kClusterSize / kSectorSize;

mm::Result<Answer> query_volume(Volume& volume, const FileObject& file, uint32_t information_class) {
  if (information_class == abi::VolumeClass_Device)
    return fixed(abi::FileFsDeviceInformation{static_cast<uint32_t>(file.device()), 0});
  if (file.device() != DeviceType::Disk) return mm::fail(NtStatus::InvalidDeviceRequest);
  switch (information_class) {
    case abi::VolumeClass_Size: {
      const HostFiles::Space space = volume.files().space();
      return fixed(abi::FileFsSizeInformation{space.total / FileNodes::kClusterSize,
                                              space.free / FileNodes::kClusterSize, kSectorsPerCluster,
                                              kSectorSize});
    }
    case abi::VolumeClass_Volume: {
      // FILE_FS_VOLUME_INFORMATION: creation time, serial number; then the label with its length and a word.
      struct {
        alignas(8) uint64_t created = 0;
        uint32_t serial = Volume::kSerialNumber;
        uint32_t label_length = 0;
        uint16_t supports_objects = 0;
      } constexpr kVolume;
      return fixed(kVolume);
    }
    case abi::VolumeClass_Attribute: {
      // FILE_FS_ATTRIBUTE_INFORMATION: case preserved, Unicode, hard links; the longest name; then the
      // system's name.
      struct {
        uint32_t attributes = 0x400006;
        uint32_t longest_name = 255;
      } constexpr kSystem;
      return with_name(kSystem, sizeof kSystem, u"NTFS");
    }
    default: return mm::fail(NtStatus::InvalidInfoClass);
  }
}

// handle, io status*, buffer*, length, class are the arguments of all three.
mm::Result<Ref<FileObject>> reference_file(ServiceCall& call, AccessMask desired) {
  const NtStatus probed = call.memory.probe_for_write(call.pointer(1), sizeof(abi::IoStatusBlock));
  if (probed != NtStatus::Success) return mm::fail(probed);
  return call.reference<FileObject>(call.handle(0), desired);
}

}  // namespace

ServiceResult NtQueryInformationFile(ServiceCall& call) {
  const auto file = reference_file(call, right_to_query(call.word(4)));
  if (!file) return file.error();
  const AccessMask granted = call.handles.find(call.handle(0))->granted;
  const auto answer = query(**file, call.word(4), granted);
  return answer ? put(call, *answer) : answer.error();
}

ServiceResult NtSetInformationFile(ServiceCall& call) {
  const auto file = reference_file(call, right_to_set(call.word(4)));
  if (!file) return file.error();
  DiskFile* disk = (*file)->as_disk_file();
  if (disk == nullptr) return NtStatus::InvalidDeviceRequest;
  const NtStatus status = set(call, *disk);
  if (!mm::succeeded(status)) return status;
  return call.memory.store(call.pointer(1), abi::IoStatusBlock{static_cast<uint32_t>(status), 0});
}

ServiceResult NtQueryVolumeInformationFile(ServiceCall& call, Volume& volume) {
  const auto file = reference_file(call, 0);
  if (!file) return file.error();
  const auto answer = query_volume(volume, **file, call.word(4));
  return answer ? put(call, *answer) : answer.error();
}

ServiceResult NtFlushBuffersFile(ServiceCall& call) {
  const auto file = reference_file(call, 0);
  if (!file) return file.error();
  const AccessMask granted = call.handles.find(call.handle(0))->granted;
  if ((granted & (file_access::kWriteData | file_access::kAppendData)) == 0) return NtStatus::AccessDenied;
  const NtStatus status = (*file)->flush();
  if (status != NtStatus::Success) return status;
  return call.memory.store(call.pointer(1), abi::IoStatusBlock{0, 0});
}

}  // namespace emu::services
