#include "emulator/kernel/services/named_objects.h"

#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/process.h"

namespace emu::services {

using mm::NtStatus;

mm::Result<NamedRequest> capture_named(ServiceCall& call) {
  const NtStatus status = call.memory.probe_for_write(call.pointer(0), sizeof(uint32_t));
  if (status != NtStatus::Success) return mm::fail(status);
  auto attributes = capture_object_attributes(call.memory, call.pointer(2));
  if (!attributes) return mm::fail(attributes.error());
  // There are no directory objects that a handle could name.
  if (attributes->root_directory != 0) return mm::fail(NtStatus::InvalidHandle);
  return NamedRequest{call.pointer(0), call.word(1), std::move(*attributes)};
}

NtStatus give_handle(ServiceCall& call, const NamedRequest& request, KernelObject& object) {
  HandleTable& handles = call.handles;
  const auto handle = handles.open(object, request.desired, request.attributes.handle());
  if (!handle) return handle.error();
  const NtStatus status = call.memory.store(request.handle_at, handle->value);
  if (status != NtStatus::Success) handles.close(*handle);
  return status;
}

mm::Result<KernelObject*> find_named(const ObjectManager& objects, const NamedRequest& request,
                                     const ObjectType& type) {
  if (request.attributes.name.empty()) return mm::fail(NtStatus::ObjectNameNotFound);
  const auto object = objects.find_name(request.attributes.name);
  if (object && &(*object)->type() != &type) return mm::fail(NtStatus::ObjectTypeMismatch);
  return object;
}

}  // namespace emu::services
