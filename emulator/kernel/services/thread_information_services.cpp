// NtQueryInformationThread and NtSetInformationThread, the classes that are there.
#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "emulator/board/clock.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/services/kernel_user_times.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

enum class InformationClass : uint32_t {
  Basic = 0,
  Times = 1,
  Priority = 2,
  BasePriority = 3,
  AffinityMask = 4,
  StartAddress = 9,
  ZeroTlsCell = 10,
  IsLastThread = 12,  // ThreadAmILastThread
  PriorityBoost = 14,
  SuspendCount = 35,
};

// Dynamic TLS, as the TEB has it.
constexpr uint32_t kSlotSize = sizeof(uint32_t);
constexpr uint32_t kTebSlots = 64;
constexpr uint32_t kMoreSlots = 1024;
constexpr uint32_t kSlotsAt = offsetof(abi::Teb, TlsSlots);
constexpr uint32_t kMoreSlotsAt = offsetof(abi::Teb, TlsExpansionSlots);

abi::ThreadBasicInformation basic(const Thread& thread) {
  return {.ExitStatus = thread.exit_code(),
          .TebBaseAddress = thread.ended() ? 0 : thread.teb().value,
          .ClientId = {thread.process().id(), thread.id()},
          .AffinityMask = 1,
          .Priority = thread.current_priority(),
          .BasePriority = thread.relative_priority()};
}

mm::Result<int32_t> capture_int(ServiceCall& call) {
  if (call.word(3) != sizeof(int32_t)) return mm::fail(NtStatus::InfoLengthMismatch);
  return call.memory.load<int32_t>(call.pointer(2));
}

// Relative to the process's class: -2 to 2, or the saturating +-15 and +-16.
NtStatus set_base_priority(ServiceCall& call, Clock& clock, Scheduler& scheduler, Thread& thread) {
  const auto increment = capture_int(call);
  if (!increment) return increment.error();
  int relative = *increment;
  if (std::abs(relative) == priority::kSaturation + 1) relative -= relative > 0 ? 1 : -1;
  if (std::abs(relative) > priority::kMostRelative && std::abs(relative) != priority::kSaturation)
    return NtStatus::InvalidParameter;
  scheduler.set_relative_priority(thread, relative, clock.since_boot());
  return NtStatus::Success;
}

NtStatus set_absolute_priority(ServiceCall& call, Clock& clock, Scheduler& scheduler, Thread& thread) {
  const auto value = capture_int(call);
  if (!value) return value.error();
  if (*value <= 0 || *value > priority::kHighest) return NtStatus::InvalidParameter;
  if (*value > priority::kHighestDynamic) return NtStatus::PrivilegeNotHeld;  // SeIncreaseBasePriority
  scheduler.set_base_priority(thread, *value, clock.since_boot());
  return NtStatus::Success;
}

NtStatus set_boost(ServiceCall& call, Thread& thread) {
  const auto disabled = capture_int(call);
  if (!disabled) return disabled.error();
  thread.boost_disabled = *disabled != 0;
  return NtStatus::Success;
}

// Empties a slot of dynamic TLS in one thread; what its TEB says is the guest's own affair.
void zero_slot(GuestMemory& memory, const Thread& thread, uint32_t index) {
  if (thread.teb().value == 0) return;
  if (index < kTebSlots) {
    (void)memory.store(thread.teb() + kSlotsAt + index * kSlotSize, uint32_t{0});
    return;
  }
  const auto more = memory.load<uint32_t>(thread.teb() + kMoreSlotsAt);
  if (more && *more != 0)
    (void)memory.store(mm::VirtualAddress{*more} + (index - kTebSlots) * kSlotSize, uint32_t{0});
}

// In every thread of the caller's process (ThreadZeroTlsCell, which TlsFree needs).
NtStatus zero_tls_cell(ServiceCall& call, Threads& threads, const Thread& thread) {
  const auto index = capture_int(call);
  if (!index) return index.error();
  if (&thread != &call.thread) return NtStatus::InvalidParameter;
  if (*index < 0 || static_cast<uint32_t>(*index) >= kTebSlots + kMoreSlots)
    return NtStatus::InvalidParameter;
  threads.for_each_of(
      call.process, [&](const Thread& each) { zero_slot(call.memory, each, static_cast<uint32_t>(*index)); });
  return NtStatus::Success;
}

// There is one processor.
NtStatus set_affinity(ServiceCall& call) {
  const auto mask = capture_int(call);
  if (!mask) return mask.error();
  return *mask == 1 ? NtStatus::Success : NtStatus::InvalidParameter;
}

NtStatus answer_query(ServiceCall& call, ProcessorTimeAccount& times, const Thread& thread) {
  switch (static_cast<InformationClass>(call.word(1))) {
    case InformationClass::Basic: return answer_fixed(call, basic(thread));
    case InformationClass::Times:
      times.charge(&call.thread);
      return answer_fixed(call, kernel_user_times(thread.times));
    case InformationClass::StartAddress: return answer_fixed(call, thread.start_address.value);
    case InformationClass::IsLastThread:
      return answer_fixed(call, call.process.thread_count == 1 ? uint32_t{1} : uint32_t{0});
    case InformationClass::PriorityBoost: return answer_fixed(call, uint32_t{thread.boost_disabled});
    case InformationClass::SuspendCount: return answer_fixed(call, thread.suspend_count());
    case InformationClass::Priority:
    case InformationClass::BasePriority:
    case InformationClass::AffinityMask:
    case InformationClass::ZeroTlsCell: return NtStatus::InvalidInfoClass;
  }
  return NtStatus::InvalidInfoClass;
}

}  // namespace

ServiceResult NtQueryInformationThread(ServiceCall& call, ProcessorTimeAccount& times) {
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kQueryLimitedInformation);
  if (!thread) return thread.error();
  return answer_query(call, times, **thread);
}

ServiceResult NtSetInformationThread(ServiceCall& call, Clock& clock, Scheduler& scheduler,
                                     Threads& threads) {
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kSetInformation);
  if (!thread) return thread.error();
  switch (static_cast<InformationClass>(call.word(1))) {
    case InformationClass::Priority: return set_absolute_priority(call, clock, scheduler, **thread);
    case InformationClass::BasePriority: return set_base_priority(call, clock, scheduler, **thread);
    case InformationClass::AffinityMask: return set_affinity(call);
    case InformationClass::ZeroTlsCell: return zero_tls_cell(call, threads, **thread);
    case InformationClass::PriorityBoost: return set_boost(call, **thread);
    case InformationClass::Basic:
    case InformationClass::Times:
    case InformationClass::StartAddress:
    case InformationClass::IsLastThread:
    case InformationClass::SuspendCount: return NtStatus::InvalidInfoClass;
  }
  return NtStatus::InvalidInfoClass;
}

}  // namespace emu::services
