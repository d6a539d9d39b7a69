// PwCreatePipe, and NtFsControlFile for what can be asked of a pipe.
#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "emulator/kernel/files/pipe.h"
#include "emulator/kernel/objects/object_attributes.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/files.h"

namespace emu::services {
namespace {

using mm::NtStatus;

// GENERIC_READ and GENERIC_WRITE, with what CreatePipe's ends can do besides.
constexpr AccessMask kReading = access_right::kGenericRead | file_access::kWriteAttributes;
constexpr AccessMask kWriting = access_right::kGenericWrite | file_access::kReadAttributes;
constexpr uint32_t kConnected = 3, kClosing = 4;

constexpr size_t kLongestPeek = 64 * 1024;  // bytes at a time

NtStatus open_ends(ServiceCall& call, const PipeEnds& ends, HandleAttributes attributes) {
  HandleTable& handles = call.handles;
  const auto reading = handles.open(ends.reading, kReading, attributes);
  if (!reading) return reading.error();
  const auto writing = handles.open(ends.writing, kWriting, attributes);
  NtStatus status = writing ? call.memory.store(call.pointer(0), reading->value) : writing.error();
  if (status == NtStatus::Success) status = call.memory.store(call.pointer(1), writing->value);
  if (status == NtStatus::Success) return status;
  handles.close(*reading);
  if (writing) handles.close(*writing);
  return status;
}

NtStatus peek(ServiceCall& call, const PipeEnd& pipe) {
  const uint32_t room = call.word(9);
  if (room < sizeof(abi::FilePipePeekBuffer)) return NtStatus::BufferTooSmall;
  const size_t head = sizeof(abi::FilePipePeekBuffer);
  std::vector<std::byte> answer(std::min<size_t>(room, kLongestPeek));
  const auto copied = pipe.peek(std::span(answer).subspan(head));
  if (!copied) return copied.error();
  const abi::FilePipePeekBuffer peeked{*copied != 0 || pipe.writer_open() ? kConnected : kClosing,
                                       pipe.available(), 0, 0};
  std::memcpy(answer.data(), &peeked, head);
  const NtStatus whole = *copied < pipe.available() ? NtStatus::BufferOverflow : NtStatus::Success;
  NtStatus status = call.memory.write(call.pointer(8), std::span(answer).first(head + *copied));
  if (status != NtStatus::Success) return status;
  status = call.memory.store(call.pointer(4), abi::IoStatusBlock{static_cast<uint32_t>(whole),
                                                                 static_cast<uint32_t>(head + *copied)});
  return status == NtStatus::Success ? whole : status;
}

}  // namespace

// reading handle*, writing handle*, attributes* (whether children inherit), capacity
ServiceResult PwCreatePipe(ServiceCall& call, ObjectManager& objects, PipeListener& pipes) {
  for (const size_t argument : {0u, 1u})
    if (const NtStatus status = call.memory.probe_for_write(call.pointer(argument), sizeof(uint32_t));
        status != NtStatus::Success)
      return status;
  const auto attributes = capture_object_attributes(call.memory, call.pointer(2));
  if (!attributes) return attributes.error();
  const auto ends = make_pipe(objects, pipes, call.word(3), call.pool_quota());
  return ends ? open_ends(call, *ends, attributes->handle()) : ends.error();
}

// file, event, apc, apc context, io status*, code, input*, length, output*, length
ServiceResult NtFsControlFile(ServiceCall& call) {
  const NtStatus probed = call.memory.probe_for_write(call.pointer(4), sizeof(abi::IoStatusBlock));
  if (probed != NtStatus::Success) return probed;
  const auto file = call.reference<FileObject>(call.handle(0), 0);
  if (!file) return file.error();
  PipeEnd* pipe = (*file)->as_pipe_end();
  if (pipe == nullptr || call.word(5) != PAGEWALK_FSCTL_PIPE_PEEK) return NtStatus::InvalidDeviceRequest;
  const AccessMask granted = call.handles.find(call.handle(0))->granted;
  return (granted & file_access::kReadData) != 0 ? peek(call, *pipe) : NtStatus::AccessDenied;
}

}  // namespace emu::services
