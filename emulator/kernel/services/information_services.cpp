// NtQuerySystemInformation, NtQueryInformationProcess and NtSetInformationProcess, the classes that are
// there.
#include <cstddef>
#include <span>

#include "emulator/board/board.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/services/kernel_user_times.h"
#include "guest/abi/structures.h"
#include "mm/memory_manager.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr uint32_t kSystemBasicInformation = 0;
constexpr uint32_t kProcessBasicInformation = 0;
constexpr uint32_t kProcessVmCounters = 3;
constexpr uint32_t kProcessTimes = 4;
constexpr uint32_t kProcessPriorityClass = 18;
constexpr uint32_t kProcessPriorityBoost = 22;
constexpr uint32_t kTimerResolution = 156'250;  // 100 ns units

struct ProcessBasicInformation {  // PROCESS_BASIC_INFORMATION
  uint32_t exit_status;
  uint32_t peb;
  uint32_t affinity_mask;
  uint32_t base_priority;
  uint32_t process_id;
  uint32_t parent_process_id;
};

struct PriorityClassInformation {  // PROCESS_PRIORITY_CLASS
  uint8_t foreground;
  uint8_t priority_class;
};

struct VmCountersEx {  // VM_COUNTERS_EX
  abi::VmCounters counters;
  uint32_t private_usage;  // bytes
};

uint32_t bytes(mm::PageCount pages) { return static_cast<uint32_t>(pages.bytes()); }

ProcessBasicInformation basic_information(const Process& process) {
  constexpr uint32_t kStillActive = 0x103;
  return {process.running() ? kStillActive : process.how_ended()->exit_code,
          process.peb.value,
          1,
          static_cast<uint32_t>(priority::base_of(process.priority_class)),
          process.id(),
          process.parent_id};
}

// All that the kernel keeps for a process is nonpaged pool here (mm/commit/pool.h).
VmCountersEx vm_counters(const Process& process, const mm::ProcessStatistics& statistics) {
  abi::VmCounters counters{};
  if (process.pool_quota != nullptr) {
    counters.QuotaPeakNonPagedPoolUsage = static_cast<uint32_t>(process.pool_quota->peak());
    counters.QuotaNonPagedPoolUsage = static_cast<uint32_t>(process.pool_quota->used());
  }
  counters.PeakVirtualSize = bytes(statistics.virtual_size_peak);
  counters.VirtualSize = bytes(statistics.virtual_size);
  counters.PageFaultCount = static_cast<uint32_t>(statistics.faults.total);
  counters.PeakWorkingSetSize = bytes(statistics.working_set_peak);
  counters.WorkingSetSize = bytes(statistics.working_set);
  counters.PagefileUsage = bytes(statistics.private_commit);
  counters.PeakPagefileUsage = bytes(statistics.private_commit_peak);
  return {counters, bytes(statistics.private_commit)};
}

// The size of the buffer tells which of the two is wanted.
NtStatus answer_vm_counters(ServiceCall& call, const VmCountersEx& counters) {
  const uint32_t given = call.word(3);
  const uint32_t size =
      given >= sizeof counters ? uint32_t{sizeof counters} : uint32_t{sizeof counters.counters};
  if (call.word(4) != 0)
    if (const NtStatus status = call.memory.store(call.pointer(4), size); status != NtStatus::Success)
      return status;
  if (given < sizeof counters.counters) return NtStatus::InfoLengthMismatch;
  return call.memory.write(call.pointer(2), std::as_bytes(std::span(&counters, 1)).first(size));
}

// The answer to a query of a fixed size: too short a buffer is STATUS_INFO_LENGTH_MISMATCH, with the length
// that is needed.
template <class T>
NtStatus answer(ServiceCall& call, const T& information, size_t buffer, size_t length, size_t returned) {
  if (call.word(returned) != 0) {
    const NtStatus status = call.memory.store(call.pointer(returned), static_cast<uint32_t>(sizeof(T)));
    if (status != NtStatus::Success) return status;
  }
  if (call.word(length) < sizeof(T)) return NtStatus::InfoLengthMismatch;
  return call.memory.store(call.pointer(buffer), information);
}

abi::SystemBasicInformation basic_information(const Board& board) {
  const uint32_t pages = board.ram().frames().value;
  return {.Reserved = 0,
          .TimerResolution = kTimerResolution,
          .PageSize = mm::kPageSize,
          .NumberOfPhysicalPages = pages,
          .LowestPhysicalPageNumber = 0,
          .HighestPhysicalPageNumber = pages - 1,
          .AllocationGranularity = mm::kAllocationGranularity,
          .MinimumUserModeAddress = mm::kLowestUserAddress.value,
          .MaximumUserModeAddress = mm::kHighestUserAddress.value,
          .ActiveProcessorsAffinityMask = 1,
          .NumberOfProcessors = 1};
}

abi::SystemMemoryInformation memory_information(const mm::MemoryStatistics& statistics) {
  return {.TotalPhysicalPages = statistics.physical.total.value,
          .AvailablePages = statistics.physical.available.value,
          .CommitLimitPages = statistics.commit.limit.value,
          .CommitChargePages = statistics.commit.charge.value,
          .CommitPeakPages = statistics.commit.peak.value};
}

// The real-time class needs SeIncreaseBasePriorityPrivilege, which nobody has here.
NtStatus set_priority_class(ServiceCall& call, Processes& processes, Process& process) {
  if (call.word(3) != sizeof(PriorityClassInformation)) return NtStatus::InfoLengthMismatch;
  const auto wanted = call.memory.load<PriorityClassInformation>(call.pointer(2));
  if (!wanted) return wanted.error();
  const auto named = priority::class_of_number(wanted->priority_class);
  if (!named) return NtStatus::InvalidParameter;
  if (*named == PriorityClass::Realtime) return NtStatus::PrivilegeNotHeld;
  processes.set_priority_class(process, *named);
  return NtStatus::Success;
}

// Of all its threads, and of those that begin.
NtStatus set_priority_boost(ServiceCall& call, Threads& threads, Process& process) {
  if (call.word(3) != sizeof(uint32_t)) return NtStatus::InfoLengthMismatch;
  const auto disabled = call.memory.load<uint32_t>(call.pointer(2));
  if (!disabled) return disabled.error();
  process.boost_disabled = *disabled != 0;
  threads.for_each_of(process, [&](Thread& thread) { thread.boost_disabled = process.boost_disabled; });
  return NtStatus::Success;
}

}  // namespace

ServiceResult NtQuerySystemInformation(ServiceCall& call, const Board& board, mm::MemoryManager& memory) {
  switch (call.word(0)) {
    case kSystemBasicInformation: return answer(call, basic_information(board), 1, 2, 3);
    case PAGEWALK_SYSTEM_MEMORY_INFORMATION:
      return answer(call, memory_information(memory.statistics()), 1, 2, 3);
    default: return NtStatus::InvalidInfoClass;
  }
}

ServiceResult NtQueryInformationProcess(ServiceCall& call, Processes& processes,
                                        ProcessorTimeAccount& times) {
  const auto process = call.reference<Process>(call.handle(0), process_access::kQueryLimitedInformation);
  if (!process) return process.error();
  switch (call.word(1)) {
    case kProcessBasicInformation: return answer(call, basic_information(**process), 2, 3, 4);
    case kProcessVmCounters:
      return answer_vm_counters(call, vm_counters(**process, processes.statistics(**process)));
    case PAGEWALK_PROCESS_COOKIE: return answer(call, (*process)->cookie, 2, 3, 4);
    case kProcessTimes:
      times.charge(&call.thread);
      return answer(call, kernel_user_times((*process)->times), 2, 3, 4);
    case kProcessPriorityClass:
      return answer(call, PriorityClassInformation{0, static_cast<uint8_t>((*process)->priority_class)}, 2, 3,
                    4);
    case kProcessPriorityBoost: return answer(call, uint32_t{(*process)->boost_disabled}, 2, 3, 4);
    default: return NtStatus::InvalidInfoClass;
  }
}

ServiceResult NtSetInformationProcess(ServiceCall& call, Processes& processes, Threads& threads) {
  const auto process = call.reference<Process>(call.handle(0), process_access::kSetInformation);
  if (!process) return process.error();
  if (!(*process)->running()) return NtStatus::ProcessIsTerminating;
  switch (call.word(1)) {
    case kProcessPriorityClass: return set_priority_class(call, processes, **process);
    case kProcessPriorityBoost: return set_priority_boost(call, threads, **process);
    default: return NtStatus::InvalidInfoClass;
  }
}

}  // namespace emu::services
