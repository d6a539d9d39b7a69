// Semaphores.
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/services/named_objects.h"
#include "emulator/kernel/waits/semaphore.h"
#include "emulator/kernel/waits/waits.h"
#include "guest/abi/structures.h"

namespace emu::services {

using mm::NtStatus;

ServiceResult NtCreateSemaphore(ServiceCall& call, ObjectManager& objects) {
  const auto count = static_cast<int32_t>(call.word(3));
  const auto limit = static_cast<int32_t>(call.word(4));
  if (limit <= 0 || count < 0 || count > limit) return NtStatus::InvalidParameter;
  return create_named<Semaphore>(call, objects, nullptr, count, limit);
}

ServiceResult NtOpenSemaphore(ServiceCall& call, ObjectManager& objects) {
  return open_named<Semaphore>(call, objects);
}

ServiceResult NtReleaseSemaphore(ServiceCall& call, Waits& waits) {
  if (const NtStatus status = probe_optional<int32_t>(call, 2); status != NtStatus::Success) return status;
  const auto count = static_cast<int32_t>(call.word(1));
  if (count <= 0) return NtStatus::InvalidParameter;
  const auto semaphore = call.reference<Semaphore>(call.handle(0), semaphore_access::kModifyState);
  if (!semaphore) return semaphore.error();
  const int32_t before = (*semaphore)->count();
  if (const NtStatus status = (*semaphore)->release(count); status != NtStatus::Success) return status;
  waits.signalled(**semaphore);
  return store_optional(call, 2, before);
}

ServiceResult NtQuerySemaphore(ServiceCall& call) {
  if (call.word(1) != 0) return NtStatus::InvalidInfoClass;
  const auto semaphore = call.reference<Semaphore>(call.handle(0), semaphore_access::kQueryState);
  if (!semaphore) return semaphore.error();
  return answer_fixed(call, abi::SemaphoreBasicInformation{(*semaphore)->count(), (*semaphore)->limit()});
}

}  // namespace emu::services
