// Creating and opening objects that can have names: events, mutants, semaphores.
#pragma once

#include <utility>

#include "emulator/kernel/objects/object_attributes.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/services/service_call.h"

namespace emu::services {

// Arguments 0-2: handle*, access, OBJECT_ATTRIBUTES*.
struct NamedRequest {
  mm::VirtualAddress handle_at;
  AccessMask desired;
  ObjectAttributes attributes;
};
mm::Result<NamedRequest> capture_named(ServiceCall& call);

// Opens a handle and stores it; closes it again when it cannot be stored.
mm::NtStatus give_handle(ServiceCall& call, const NamedRequest& request, KernelObject& object);

// Finds the object of type `type` that has the name. STATUS_OBJECT_TYPE_MISMATCH,
// STATUS_OBJECT_NAME_NOT_FOUND and what else ObjectManager::find_name fails with.
mm::Result<KernelObject*> find_named(const ObjectManager& objects, const NamedRequest& request,
                                     const ObjectType& type);

// Creates the object. STATUS_OBJECT_NAME_EXISTS when one of that name and type was opened instead, as
// OBJ_OPENIF asks; without that, STATUS_OBJECT_NAME_COLLISION.
template <class T, class... Arguments>
mm::NtStatus create_named(ServiceCall& call, ObjectManager& objects, Ref<T>* made, Arguments&&... arguments) {
  const auto request = capture_named(call);
  if (!request) return request.error();
  const auto existing = find_named(objects, *request, T::kType);
  if (existing) {
    if ((request->attributes.attributes & object_attribute::kOpenIf) == 0)
      return mm::NtStatus::ObjectNameCollision;
    const mm::NtStatus status = give_handle(call, *request, **existing);
    return status == mm::NtStatus::Success ? mm::NtStatus::ObjectNameExists : status;
  }
  if (existing.error() != mm::NtStatus::ObjectNameNotFound) return existing.error();
  auto charged = objects.make_for<T>(call.pool_quota(), std::forward<Arguments>(arguments)...);
  if (!charged) return charged.error();
  Ref<T>& object = *charged;
  if (!request->attributes.name.empty()) {
    const mm::NtStatus named = objects.insert_name(*object, request->attributes.name);
    if (named != mm::NtStatus::Success) return named;
  }
  const mm::NtStatus status = give_handle(call, *request, *object);
  if (made != nullptr && status == mm::NtStatus::Success) *made = std::move(object);
  return status;
}

template <class T>
mm::NtStatus open_named(ServiceCall& call, ObjectManager& objects) {
  const auto request = capture_named(call);
  if (!request) return request.error();
  if (request->attributes.name.empty()) return mm::NtStatus::ObjectPathSyntaxBad;
  const auto object = find_named(objects, *request, T::kType);
  return object ? give_handle(call, *request, **object) : object.error();
}

}  // namespace emu::services
