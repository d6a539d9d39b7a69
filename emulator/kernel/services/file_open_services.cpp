// NtCreateFile, NtOpenFile, NtDeleteFile, NtQueryAttributesFile, NtQueryFullAttributesFile: what names a
// file.
#include <utility>

#include "emulator/kernel/files/console.h"
#include "emulator/kernel/files/devices.h"
#include "emulator/kernel/files/object_name.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/objects/object_attributes.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/files.h"

namespace emu::services {
namespace {

using mm::NtStatus;

// A name, and the open directory that it starts from, where it does.
struct NamedFile {
  ObjectName name;
  Ref<FileObject> below;  // null: the name is absolute
  HandleAttributes handle;

  DiskFile* folder() const { return below ? below->as_disk_file() : nullptr; }
};

mm::Result<NamedFile> capture_name(ServiceCall& call, mm::VirtualAddress at) {
  if (at.value == 0) return mm::fail(NtStatus::InvalidParameter);
  const auto attributes = capture_object_attributes(call.memory, at);
  if (!attributes) return mm::fail(attributes.error());
  NamedFile named;
  named.handle = attributes->handle();
  if (attributes->root_directory != 0) {
    auto below = call.reference<FileObject>({attributes->root_directory}, 0);
    if (!below) return mm::fail(below.error());
    if ((*below)->as_disk_file() == nullptr || attributes->name.starts_with(u'\\'))
      return mm::fail(NtStatus::ObjectNameInvalid);
    named.below = std::move(*below);
  }
  auto name = named.below ? parse_relative_name(attributes->name) : parse_object_name(attributes->name);
  if (!name) return mm::fail(name.error());
  named.name = std::move(*name);
  return named;
}

// STATUS_QUOTA_EXCEEDED, STATUS_INSUFFICIENT_RESOURCES.
template <class T, class... Arguments>
mm::Result<Ref<FileObject>> make_file(ServiceCall& call, ObjectManager& objects, Arguments&&... arguments) {
  auto file = objects.make_for<T>(call.pool_quota(), std::forward<Arguments>(arguments)...);
  if (!file) return mm::fail(file.error());
  return Ref<FileObject>(*file);
}

mm::Result<Ref<FileObject>> open_console(ServiceCall& call, Console& console, ObjectManager& objects,
                                         ObjectName::Device device, AccessMask access) {
  const bool writes = (access & file_access::kWriteData) != 0, reads = (access & file_access::kReadData) != 0;
  // CON is input or output by what is asked of it (Microsoft, "CreateFile", "Consoles").
  if (device == ObjectName::Device::Console && reads == writes) return mm::fail(NtStatus::InvalidParameter);
  const bool input =
      device == ObjectName::Device::ConsoleInput || (device == ObjectName::Device::Console && reads);
  if (input) return make_file<ConsoleInput>(call, objects, console);
  return make_file<ConsoleOutput>(call, objects, console, Console::Stream::Output);
}

mm::Result<OpenedFile> open_device(ServiceCall& call, Console& console, ObjectManager& objects,
                                   const ObjectName& name, const OpenRequest& request) {
  auto file = name.device == ObjectName::Device::Null
                  ? make_file<NullDevice>(call, objects)
                  : open_console(call, console, objects, name.device, request.access);
  if (!file) return mm::fail(file.error());
  return OpenedFile{std::move(*file), OpenResult::Opened};
}

mm::Result<OpenedFile> open_file(ServiceCall& call, Console& console, ObjectManager& objects, Volume& volume,
                                 const NamedFile& named, const OpenRequest& request) {
  if (const NtStatus status = check_open_request(request); status != NtStatus::Success)
    return mm::fail(status);
  if (named.name.device == ObjectName::Device::Volume)
    return volume.open({objects, call.pool_quota()}, named.folder(), named.name, request);
  return open_device(call, console, objects, named.name, request);
}

NtStatus answer(ServiceCall& call, Handle handle, OpenResult result) {
  const abi::IoStatusBlock block{0, static_cast<uint32_t>(result)};
  const NtStatus status = call.memory.store(call.pointer(3), block);
  return status == NtStatus::Success ? call.memory.store(call.pointer(0), handle.value) : status;
}

// handle*, access, attributes*, io status* are arguments 0 to 3 of both services.
NtStatus open_and_answer(ServiceCall& call, Console& console, ObjectManager& objects, Volume& volume,
                         OpenRequest request) {
  NtStatus status = call.memory.probe_for_write(call.pointer(0), sizeof(uint32_t));
  if (status == NtStatus::Success)
    status = call.memory.probe_for_write(call.pointer(3), sizeof(abi::IoStatusBlock));
  if (status != NtStatus::Success) return status;
  request.access = FileObject::kType.specific(call.word(1));
  if (request.access == 0) return NtStatus::AccessDenied;
  const auto named = capture_name(call, call.pointer(2));
  if (!named) return named.error();
  const auto opened = open_file(call, console, objects, volume, *named, request);
  if (!opened) return opened.error();
  const auto handle = call.handles.open(opened->file, request.access, named->handle);
  if (!handle) return handle.error();
  status = answer(call, *handle, opened->result);
  if (status != NtStatus::Success) call.handles.close(*handle);
  return status;
}

mm::Result<FileInformation> query(ServiceCall& call, Volume& volume) {
  const auto named = capture_name(call, call.pointer(0));
  if (!named) return mm::fail(named.error());
  if (named->name.device != ObjectName::Device::Volume) return mm::fail(NtStatus::ObjectNameNotFound);
  return volume.query(named->folder(), named->name);
}

}  // namespace

ServiceResult NtCreateFile(ServiceCall& call, Console& console, ObjectManager& objects, Volume& volume) {
  if (call.word(4) != 0)  // the allocation size is a hint, but must be readable
    if (const auto size = call.memory.load<int64_t>(call.pointer(4)); !size) return size.error();
  return open_and_answer(call, console, objects, volume,
                         {.share = call.word(6),
                          .disposition = static_cast<Disposition>(call.word(7)),
                          .options = call.word(8),
                          .attributes = call.word(5)});
}

ServiceResult NtOpenFile(ServiceCall& call, Console& console, ObjectManager& objects, Volume& volume) {
  return open_and_answer(call, console, objects, volume, {.share = call.word(4), .options = call.word(5)});
}

ServiceResult NtDeleteFile(ServiceCall& call, Console& console, ObjectManager& objects, Volume& volume) {
  const auto named = capture_name(call, call.pointer(0));
  if (!named) return named.error();
  const auto opened = open_file(call, console, objects, volume, *named,
                                {.access = access_right::kDelete, .share = file_share::kAll});
  if (!opened) return opened.error();
  DiskFile* file = opened->file->as_disk_file();
  return file == nullptr ? NtStatus::InvalidDeviceRequest : file->set_deletion(FileNode::Deletion::Pending);
}

ServiceResult NtQueryAttributesFile(ServiceCall& call, Volume& volume) {
  const auto found = query(call, volume);
  if (!found) return found.error();
  const abi::FileBasicInformation basic{found->created, found->accessed,   found->written,
                                        found->changed, found->attributes, 0};
  return call.memory.store(call.pointer(1), basic);
}

ServiceResult NtQueryFullAttributesFile(ServiceCall& call, Volume& volume) {
  const auto found = query(call, volume);
  if (!found) return found.error();
  const abi::FileNetworkOpenInformation full{
      found->created,    found->accessed, found->written,    found->changed,
      found->allocation, found->size,     found->attributes, 0};
  return call.memory.store(call.pointer(1), full);
}

}  // namespace emu::services
