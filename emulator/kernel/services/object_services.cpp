// Handles: NtClose, NtDuplicateObject, NtQueryObject, NtSetInformationObject.
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr uint32_t kObjectBasicInformation = 0;
constexpr uint32_t kObjectHandleFlagInformation = 4;
// Options of NtDuplicateObject.
constexpr uint32_t kCloseSource = 1;
constexpr uint32_t kSameAccess = 2;
constexpr uint32_t kSameAttributes = 4;
// HandleAttributes of NtDuplicateObject and Attributes of NtQueryObject.
constexpr uint32_t kProtectClose = 1;
constexpr uint32_t kInheritHandle = 2;

HandleAttributes attributes_of(uint32_t bits) {
  return {.inherit = (bits & kInheritHandle) != 0 ? Inherit::Yes : Inherit::No,
          .protect = (bits & kProtectClose) != 0 ? ProtectFromClose::Yes : ProtectFromClose::No};
}

uint32_t bits_of(HandleAttributes attributes) {
  return (attributes.inherit == Inherit::Yes ? kInheritHandle : 0) |
         (attributes.protect == ProtectFromClose::Yes ? kProtectClose : 0);
}

// What a handle gives: an entry of a table, or what a pseudo-handle stands for.
struct Source {
  Ref<KernelObject> object;
  AccessMask granted;
  HandleAttributes attributes;
};

mm::Result<Source> source_of(const ServiceCall& call, const Process& process, Handle handle) {
  if (KernelObject* self = call.pseudo(handle); self != nullptr)
    return Source{Ref<KernelObject>(self), self->type().mapping.all, {}};
  const HandleEntry* entry = process.handles.find(handle);
  if (entry == nullptr) return mm::fail(NtStatus::InvalidHandle);
  return Source{Ref<KernelObject>(entry->object()), entry->granted, entry->attributes};
}

NtStatus open_duplicate(ServiceCall& call, const Source& source, Process& target, uint32_t options) {
  const AccessMask desired = (options & kSameAccess) != 0 ? source.granted : call.word(4);
  const HandleAttributes attributes =
      (options & kSameAttributes) != 0 ? source.attributes : attributes_of(call.word(5));
  const auto handle = target.handles.open(source.object, desired, attributes);
  if (!handle) return handle.error();
  if (call.word(3) == 0) return NtStatus::Success;
  const NtStatus status = call.memory.store(call.pointer(3), handle->value);
  if (status != NtStatus::Success) target.handles.close(*handle);
  return status;
}

abi::ObjectHandleFlagInformation flags_of(HandleAttributes attributes) {
  return {static_cast<uint8_t>(attributes.inherit == Inherit::Yes ? 1 : 0),
          static_cast<uint8_t>(attributes.protect == ProtectFromClose::Yes ? 1 : 0)};
}

NtStatus answer_query(ServiceCall& call, const Source& source) {
  abi::PublicObjectBasicInformation information{};
  information.Attributes = bits_of(source.attributes);
  information.GrantedAccess = source.granted;
  information.HandleCount = source.object->handle_count();
  // Without the reference of this very call; a handle counts as a pointer too.
  information.PointerCount = source.object->handle_count() + source.object->kernel_references() - 1;
  return call.memory.store(call.pointer(2), information);
}

}  // namespace

ServiceResult NtClose(ServiceCall& call) {
  if (call.pseudo(call.handle(0)) != nullptr) return NtStatus::Success;  // no effect (GetCurrentProcess)
  return call.handles.close(call.handle(0));
}

// The source is closed even when the duplicate cannot be made (Microsoft, DuplicateHandle), and before it is
// made, so that a handle which is duplicated into its own place may get its value again.
ServiceResult NtDuplicateObject(ServiceCall& call) {
  const uint32_t options = call.word(6);
  const auto from = call.reference<Process>(call.handle(0), process_access::kDuplicateHandle);
  if (!from) return from.error();
  const auto source = source_of(call, **from, call.handle(1));
  if (!source) return source.error();
  const bool closes = (options & kCloseSource) != 0;
  const auto to = call.reference<Process>(call.handle(2), process_access::kDuplicateHandle);
  if (closes) (*from)->handles.close(call.handle(1));
  if (closes && call.word(2) == 0) return NtStatus::Success;
  if (!to) return to.error();
  return (*to)->running() ? open_duplicate(call, *source, **to, options) : NtStatus::ProcessIsTerminating;
}

ServiceResult NtQueryObject(ServiceCall& call) {
  constexpr uint32_t kSize = sizeof(abi::PublicObjectBasicInformation);
  const auto source = source_of(call, call.process, call.handle(0));
  if (!source) return source.error();
  if (call.word(1) == kObjectHandleFlagInformation) return answer_fixed(call, flags_of(source->attributes));
  if (call.word(1) != kObjectBasicInformation) return NtStatus::InvalidInfoClass;
  if (call.word(3) < kSize) return NtStatus::InfoLengthMismatch;
  const NtStatus status = answer_query(call, *source);
  if (status != NtStatus::Success || call.word(4) == 0) return status;
  return call.memory.store(call.pointer(4), kSize);
}

ServiceResult NtSetInformationObject(ServiceCall& call) {
  if (call.word(1) != kObjectHandleFlagInformation) return NtStatus::InvalidInfoClass;
  if (call.word(3) != sizeof(abi::ObjectHandleFlagInformation)) return NtStatus::InfoLengthMismatch;
  const auto flags = call.memory.load<abi::ObjectHandleFlagInformation>(call.pointer(2));
  if (!flags) return flags.error();
  HandleEntry* entry = call.handles.find(call.handle(0));
  if (entry == nullptr) return NtStatus::InvalidHandle;
  entry->attributes = {
      .inherit = flags->Inherit != 0 ? Inherit::Yes : Inherit::No,
      .protect = flags->ProtectFromClose != 0 ? ProtectFromClose::Yes : ProtectFromClose::No};
  return NtStatus::Success;
}

}  // namespace emu::services
