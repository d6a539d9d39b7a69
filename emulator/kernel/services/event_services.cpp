// Events (Microsoft, NtCreateEvent, "ZwSetEvent" and the like).
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/services/named_objects.h"
#include "emulator/kernel/waits/event.h"
#include "emulator/kernel/waits/waits.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

enum class Change : uint8_t { Set, Reset, Pulse };

void apply(Waits& waits, Event& event, Change change) {
  if (change != Change::Reset) {
    event.set();
    waits.signalled(event);
  }
  if (change != Change::Set) event.reset();
}

// Arguments: handle, previous state*.
ServiceResult change_event(ServiceCall& call, Waits& waits, Change change) {
  if (const NtStatus status = probe_optional<int32_t>(call, 1); status != NtStatus::Success) return status;
  const auto event = call.reference<Event>(call.handle(0), event_access::kModifyState);
  if (!event) return event.error();
  const int32_t before = (*event)->is_set() ? 1 : 0;
  apply(waits, **event, change);
  return store_optional(call, 1, before);
}

}  // namespace

ServiceResult NtCreateEvent(ServiceCall& call, ObjectManager& objects) {
  if (call.word(3) > 1) return NtStatus::InvalidParameter;
  const auto kind = call.word(3) == 0 ? Event::Kind::Notification : Event::Kind::Synchronization;
  return create_named<Event>(call, objects, nullptr, kind, flag(call, 4));
}

ServiceResult NtOpenEvent(ServiceCall& call, ObjectManager& objects) {
  return open_named<Event>(call, objects);
}
ServiceResult NtSetEvent(ServiceCall& call, Waits& waits) { return change_event(call, waits, Change::Set); }
ServiceResult NtResetEvent(ServiceCall& call, Waits& waits) {
  return change_event(call, waits, Change::Reset);
}
ServiceResult NtPulseEvent(ServiceCall& call, Waits& waits) {
  return change_event(call, waits, Change::Pulse);
}

ServiceResult NtClearEvent(ServiceCall& call) {
  const auto event = call.reference<Event>(call.handle(0), event_access::kModifyState);
  if (!event) return event.error();
  (*event)->reset();
  return NtStatus::Success;
}

ServiceResult NtQueryEvent(ServiceCall& call) {
  if (call.word(1) != 0) return NtStatus::InvalidInfoClass;
  const auto event = call.reference<Event>(call.handle(0), event_access::kQueryState);
  if (!event) return event.error();
  return answer_fixed(
      call, abi::EventBasicInformation{static_cast<uint32_t>((*event)->kind()), (*event)->is_set() ? 1 : 0});
}

}  // namespace emu::services
