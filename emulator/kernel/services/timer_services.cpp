// Waitable timers (Microsoft, "SetWaitableTimer", "CancelWaitableTimer"; NtCreateTimer and its like).
#include <utility>

#include "emulator/board/clock.h"
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/services/named_objects.h"
#include "emulator/kernel/waits/timer.h"
#include "emulator/kernel/waits/waits.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

}  // namespace

ServiceResult NtCreateTimer(ServiceCall& call, ObjectManager& objects) {
  if (call.word(3) > 1) return NtStatus::InvalidParameter;
  return create_named<Timer>(call, objects, nullptr,
                             call.word(3) == 0 ? Timer::Kind::Notification : Timer::Kind::Synchronization);
}

ServiceResult NtOpenTimer(ServiceCall& call, ObjectManager& objects) {
  return open_named<Timer>(call, objects);
}

// handle, due time*, routine, context, resume, period in milliseconds, previous state*.
ServiceResult NtSetTimer(ServiceCall& call, Clock& clock, Waits& waits) {
  if (const NtStatus status = probe_optional<uint8_t>(call, 6); status != NtStatus::Success) return status;
  const auto due = call.memory.load<int64_t>(call.pointer(1));
  if (!due) return due.error();
  const auto period = static_cast<int32_t>(call.word(5));
  if (period < 0) return NtStatus::InvalidParameter6;
  const auto timer = call.reference<Timer>(call.handle(0), timer_access::kModifyState);
  if (!timer) return timer.error();
  const auto before = static_cast<uint8_t>((*timer)->is_set());
  Timer::Setting setting{deadline_of(clock, *due), std::chrono::milliseconds(period), {}};
  if (call.word(2) != 0) setting.call = {Ref<Thread>(&call.thread), call.word(2), call.word(3)};
  waits.set_timer(**timer, std::move(setting));
  return store_optional(call, 6, before);
}

// handle, state*.
ServiceResult NtCancelTimer(ServiceCall& call, Waits& waits) {
  if (const NtStatus status = probe_optional<uint8_t>(call, 1); status != NtStatus::Success) return status;
  const auto timer = call.reference<Timer>(call.handle(0), timer_access::kModifyState);
  if (!timer) return timer.error();
  waits.cancel_timer(**timer);
  return store_optional(call, 1, static_cast<uint8_t>((*timer)->is_set()));
}

ServiceResult NtQueryTimer(ServiceCall& call, Clock& clock, Waits& waits) {
  if (call.word(1) != 0) return NtStatus::InvalidInfoClass;
  const auto timer = call.reference<Timer>(call.handle(0), timer_access::kQueryState);
  if (!timer) return timer.error();
  waits.time_passed();
  const Duration left = (*timer)->armed() ? (*timer)->due() - clock.since_boot() : Duration{0};
  return answer_fixed(
      call, abi::TimerBasicInformation{
                static_cast<uint64_t>(left.count() / 100), static_cast<uint8_t>((*timer)->is_set()), {}});
}

}  // namespace emu::services
