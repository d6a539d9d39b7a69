// NtQueryInformationThread and NtSetInformationThread, the classes that are there.
#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
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

// What a priority class and a thread priority make ("Scheduling Priorities"): +-15 means the ends.
constexpr int kSaturation = 15;

// Dynamic TLS, as the TEB has it.
constexpr uint32_t kSlotSize = sizeof(uint32_t);
constexpr uint32_t kTebSlots = 64;
constexpr uint32_t kMoreSlots = 1024;
constexpr uint32_t kSlotsAt = offsetof(abi::Teb, TlsSlots);
constexpr uint32_t kMoreSlotsAt = offsetof(abi::Teb, TlsExpansionSlots);

int relative_priority(const Thread& thread) {
  if (thread.base_priority() == priority::kHighestDynamic) return kSaturation;
  if (thread.base_priority() == priority::kLowest) return -kSaturation;
  return thread.base_priority() - priority::kNormal;
}

abi::ThreadBasicInformation basic(const Thread& thread) {
  return {.ExitStatus = thread.exit_code(),
          .TebBaseAddress = thread.ended() ? 0 : thread.teb().value,
          .ClientId = {thread.process().id(), thread.id()},
          .AffinityMask = 1,
          .Priority = thread.current_priority(),
          .BasePriority = relative_priority(thread)};
}

struct KernelUserTimes {  // KERNEL_USER_TIMES; what a thread has used is not kept apart
  int64_t created, ended, kernel, user;
};

mm::Result<int32_t> capture_int(ServiceCall& call) {
  if (call.word(3) != sizeof(int32_t)) return mm::fail(NtStatus::InfoLengthMismatch);
  return call.memory.load<int32_t>(call.pointer(2));
}

NtStatus set_priority(ServiceCall& call, Thread& thread, int value) {
  call.machine.scheduler().set_base_priority(thread, value, call.machine.clock().since_boot());
  return NtStatus::Success;
}

// Of the process's normal class: -2 to 2, or the saturating +-15 and +-16.
NtStatus set_base_priority(ServiceCall& call, Thread& thread) {
  const auto increment = capture_int(call);
  if (!increment) return increment.error();
  if (std::abs(*increment) >= kSaturation) {
    if (std::abs(*increment) > kSaturation + 1) return NtStatus::InvalidParameter;
    return set_priority(call, thread, *increment > 0 ? priority::kHighestDynamic : priority::kLowest);
  }
  if (std::abs(*increment) > 2) return NtStatus::InvalidParameter;
  return set_priority(call, thread, priority::kNormal + *increment);
}

NtStatus set_absolute_priority(ServiceCall& call, Thread& thread) {
  const auto value = capture_int(call);
  if (!value) return value.error();
  if (*value <= 0 || *value > priority::kHighest) return NtStatus::InvalidParameter;
  if (*value > priority::kHighestDynamic) return NtStatus::PrivilegeNotHeld;  // SeIncreaseBasePriority
  return set_priority(call, thread, *value);
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
NtStatus zero_tls_cell(ServiceCall& call, const Thread& thread) {
  const auto index = capture_int(call);
  if (!index) return index.error();
  if (&thread != &call.thread) return NtStatus::InvalidParameter;
  if (*index < 0 || static_cast<uint32_t>(*index) >= kTebSlots + kMoreSlots)
    return NtStatus::InvalidParameter;
  call.machine.threads().for_each_of(
      call.process, [&](const Thread& each) { zero_slot(call.memory, each, static_cast<uint32_t>(*index)); });
  return NtStatus::Success;
}

// There is one processor.
NtStatus set_affinity(ServiceCall& call) {
  const auto mask = capture_int(call);
  if (!mask) return mask.error();
  return *mask == 1 ? NtStatus::Success : NtStatus::InvalidParameter;
}

NtStatus answer_query(ServiceCall& call, const Thread& thread) {
  switch (static_cast<InformationClass>(call.word(1))) {
    case InformationClass::Basic: return answer_fixed(call, basic(thread));
    case InformationClass::Times: return answer_fixed(call, KernelUserTimes{});
    case InformationClass::StartAddress: return answer_fixed(call, thread.start_address.value);
    case InformationClass::IsLastThread:
      return answer_fixed(call, call.process.thread_count == 1 ? uint32_t{1} : uint32_t{0});
    case InformationClass::PriorityBoost: return answer_fixed(call, uint32_t{0});
    case InformationClass::SuspendCount: return answer_fixed(call, thread.suspend_count());
    case InformationClass::Priority:
    case InformationClass::BasePriority:
    case InformationClass::AffinityMask:
    case InformationClass::ZeroTlsCell: return NtStatus::InvalidInfoClass;
  }
  return NtStatus::InvalidInfoClass;
}

}  // namespace

ServiceResult NtQueryInformationThread(ServiceCall& call) {
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kQueryLimitedInformation);
  if (!thread) return thread.error();
  return answer_query(call, **thread);
}

ServiceResult NtSetInformationThread(ServiceCall& call) {
  const auto thread = call.reference<Thread>(call.handle(0), thread_access::kSetInformation);
  if (!thread) return thread.error();
  switch (static_cast<InformationClass>(call.word(1))) {
    case InformationClass::Priority: return set_absolute_priority(call, **thread);
    case InformationClass::BasePriority: return set_base_priority(call, **thread);
    case InformationClass::AffinityMask: return set_affinity(call);
    case InformationClass::ZeroTlsCell: return zero_tls_cell(call, **thread);
    case InformationClass::PriorityBoost: return NtStatus::Success;
    case InformationClass::Basic:
    case InformationClass::Times:
    case InformationClass::StartAddress:
    case InformationClass::IsLastThread:
    case InformationClass::SuspendCount: return NtStatus::InvalidInfoClass;
  }
  return NtStatus::InvalidInfoClass;
}

}  // namespace emu::services
