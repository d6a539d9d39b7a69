// NtQuerySystemInformation and NtQueryInformationProcess, the classes that are there.
#include <cstddef>

#include "emulator/kernel/services/handlers.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr uint32_t kSystemBasicInformation = 0;
constexpr uint32_t kProcessBasicInformation = 0;
constexpr uint32_t kTimerResolution = 156'250;  // 100 ns units
constexpr uint32_t kNormalBasePriority = 8;

struct ProcessBasicInformation {  // PROCESS_BASIC_INFORMATION
  uint32_t exit_status;
  uint32_t peb;
  uint32_t affinity_mask;
  uint32_t base_priority;
  uint32_t process_id;
  uint32_t parent_process_id;
};

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

abi::SystemBasicInformation basic_information(const Machine& machine) {
  const uint32_t pages = machine.ram().frames().value;
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

}  // namespace

ServiceResult NtQuerySystemInformation(ServiceCall& call) {
  switch (call.word(0)) {
    case kSystemBasicInformation: return answer(call, basic_information(call.machine), 1, 2, 3);
    case PAGEWALK_SYSTEM_MEMORY_INFORMATION:
      return answer(call, memory_information(call.machine.memory().statistics()), 1, 2, 3);
    default: return NtStatus::InvalidInfoClass;
  }
}

ServiceResult NtQueryInformationProcess(ServiceCall& call) {
  if (call.handle(0) != kCurrentProcess) return NtStatus::InvalidHandle;
  if (call.word(1) != kProcessBasicInformation) return NtStatus::InvalidInfoClass;
  constexpr uint32_t kStillActive = 0x103;
  const ProcessBasicInformation information{kStillActive,        call.process.peb.value, 1,
                                            kNormalBasePriority, call.process.id(),      0};
  return answer(call, information, 2, 3, 4);
}

}  // namespace emu::services
