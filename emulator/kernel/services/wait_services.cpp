// Waiting for objects (Microsoft, NtWaitForSingleObject, WaitForMultipleObjects, SignalObjectAndWait).
#include <algorithm>
#include <array>
#include <vector>

#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/waits/event.h"
#include "emulator/kernel/waits/mutant.h"
#include "emulator/kernel/waits/semaphore.h"
#include "emulator/kernel/waits/thread_wait.h"
#include "emulator/kernel/waits/waits.h"

namespace emu::services {
namespace {

using mm::NtStatus;

mm::Result<Ref<DispatcherObject>> reference_waitable(const ServiceCall& call, Handle handle) {
  const auto object = call.reference_any(handle, access_right::kSynchronize);
  if (!object) return mm::fail(object.error());
  DispatcherObject* waitable = (*object)->as_dispatcher();
  if (waitable == nullptr) return mm::fail(NtStatus::ObjectTypeMismatch);
  return Ref<DispatcherObject>(waitable);
}

using Objects = std::vector<Ref<DispatcherObject>>;

mm::Result<Objects> reference_all(ServiceCall& call, uint32_t count) {
  std::array<uint32_t, Waits::kMaximumObjects> handles{};
  const auto wanted = std::span(handles).first(count);
  const NtStatus status = call.memory.read(call.pointer(1), std::as_writable_bytes(wanted));
  if (status != NtStatus::Success) return mm::fail(status);
  Objects objects;
  for (const uint32_t handle : wanted) {
    auto object = reference_waitable(call, {handle});
    if (!object) return mm::fail(object.error());
    objects.push_back(std::move(*object));
  }
  return objects;
}

bool has_duplicates(const Objects& objects) {
  std::vector<const DispatcherObject*> sorted;
  for (const auto& object : objects) sorted.push_back(object.get());
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

NtStatus signal_event(ServiceCall& call, Waits& waits, Handle handle) {
  const auto event = call.reference<Event>(handle, event_access::kModifyState);
  if (!event) return event.error();
  (*event)->set();
  waits.signalled(**event);
  return NtStatus::Success;
}

NtStatus signal_mutant(ServiceCall& call, Waits& waits, Handle handle) {
  const auto mutant = call.reference<Mutant>(handle, 0);
  if (!mutant) return mutant.error();
  const NtStatus status = (*mutant)->release(call.thread);
  if (status == NtStatus::Success) waits.signalled(**mutant);
  return status;
}

NtStatus signal_semaphore(ServiceCall& call, Waits& waits, Handle handle) {
  const auto semaphore = call.reference<Semaphore>(handle, semaphore_access::kModifyState);
  if (!semaphore) return semaphore.error();
  const NtStatus status = (*semaphore)->release(1);
  if (status == NtStatus::Success) waits.signalled(**semaphore);
  return status;
}

// Whatever kind of object it is: STATUS_OBJECT_TYPE_MISMATCH when it cannot be signalled.
NtStatus signal(ServiceCall& call, Waits& waits, Handle handle) {
  for (const auto attempt : {signal_event, signal_mutant, signal_semaphore})
    if (const NtStatus status = attempt(call, waits, handle); status != NtStatus::ObjectTypeMismatch)
      return status;
  return NtStatus::ObjectTypeMismatch;
}

}  // namespace

ServiceResult NtWaitForSingleObject(ServiceCall& call, Clock& clock, Waits& waits) {
  const auto deadline = capture_timeout(call, clock, call.pointer(2));
  if (!deadline) return deadline.error();
  const auto object = reference_waitable(call, call.handle(0));
  if (!object) return object.error();
  const Ref<DispatcherObject> objects[] = {*object};
  return result_of_wait(waits.wait_for_objects(
      call.thread, {.objects = objects, .alertable = alertable(call, 1), .deadline = *deadline}));
}

ServiceResult NtWaitForMultipleObjects(ServiceCall& call, Clock& clock, Waits& waits) {
  const uint32_t count = call.word(0);
  if (count == 0 || count > Waits::kMaximumObjects) return NtStatus::InvalidParameter1;
  if (call.word(2) > 1) return NtStatus::InvalidParameter3;
  const auto deadline = capture_timeout(call, clock, call.pointer(4));
  if (!deadline) return deadline.error();
  const auto objects = reference_all(call, count);
  if (!objects) return objects.error();
  const bool all = call.word(2) == 0;
  if (all && has_duplicates(*objects)) return NtStatus::InvalidParameterMix;
  return result_of_wait(
      waits.wait_for_objects(call.thread, {.objects = *objects,
                                           .kind = all ? ThreadWait::Kind::All : ThreadWait::Kind::Any,
                                           .alertable = alertable(call, 3),
                                           .deadline = *deadline}));
}

ServiceResult NtSignalAndWaitForSingleObject(ServiceCall& call, Clock& clock, Waits& waits) {
  const auto deadline = capture_timeout(call, clock, call.pointer(3));
  if (!deadline) return deadline.error();
  const auto object = reference_waitable(call, call.handle(1));
  if (!object) return object.error();
  if (const NtStatus status = signal(call, waits, call.handle(0)); status != NtStatus::Success) return status;
  const Ref<DispatcherObject> objects[] = {*object};
  return result_of_wait(waits.wait_for_objects(
      call.thread, {.objects = objects, .alertable = alertable(call, 2), .deadline = *deadline}));
}

}  // namespace emu::services
