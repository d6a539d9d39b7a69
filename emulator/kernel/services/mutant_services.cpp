// Mutants, which Windows' API calls mutexes.
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/services/named_objects.h"
#include "emulator/kernel/waits/mutant.h"
#include "emulator/kernel/waits/waits.h"
#include "guest/abi/structures.h"

namespace emu::services {

using mm::NtStatus;

ServiceResult NtCreateMutant(ServiceCall& call, ObjectManager& objects) {
  Ref<Mutant> made;
  const NtStatus status = create_named<Mutant>(call, objects, &made);
  if (made && flag(call, 3)) made->acquire(call.thread);
  return status;
}

ServiceResult NtOpenMutant(ServiceCall& call, ObjectManager& objects) {
  return open_named<Mutant>(call, objects);
}

// Needs no right but a handle (Microsoft, ReleaseMutex).
ServiceResult NtReleaseMutant(ServiceCall& call, Waits& waits) {
  if (const NtStatus status = probe_optional<int32_t>(call, 1); status != NtStatus::Success) return status;
  const auto mutant = call.reference<Mutant>(call.handle(0), 0);
  if (!mutant) return mutant.error();
  const int32_t before = (*mutant)->count();
  if (const NtStatus status = (*mutant)->release(call.thread); status != NtStatus::Success) return status;
  waits.signalled(**mutant);
  return store_optional(call, 1, before);
}

ServiceResult NtQueryMutant(ServiceCall& call) {
  if (call.word(1) != 0) return NtStatus::InvalidInfoClass;
  const auto mutant = call.reference<Mutant>(call.handle(0), mutant_access::kQueryState);
  if (!mutant) return mutant.error();
  const abi::MutantBasicInformation information{
      (*mutant)->count(), static_cast<uint8_t>((*mutant)->owner() == &call.thread ? 1 : 0),
      static_cast<uint8_t>((*mutant)->abandoned() ? 1 : 0)};
  return answer_fixed(call, information);
}

}  // namespace emu::services
