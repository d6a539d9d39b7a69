// NtQuerySystemInformation and NtQueryInformationProcess, the classes that are there.
#include <cstddef>

#include "emulator/kernel/services/handlers.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr uint32_t kSystemBasicInformation = 0;
constexpr uint32_t kProcessBasicInformation = 0;
constexpr uint32_t kProcessVmCounters = 3;
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

struct VmCounters {  // VM_COUNTERS; bytes, but for the faults
  uint32_t peak_virtual_size, virtual_size;
  uint32_t page_fault_count;
  uint32_t peak_working_set_size, working_set_size;
  uint32_t quota_peak_paged_pool, quota_paged_pool, quota_peak_non_paged_pool, quota_non_paged_pool;
  uint32_t pagefile_usage, peak_pagefile_usage;
};

uint32_t bytes(mm::PageCount pages) { return static_cast<uint32_t>(pages.bytes()); }

ProcessBasicInformation basic_information(const Process& process) {
  constexpr uint32_t kStillActive = 0x103;
  return {process.running() ? kStillActive : process.how_ended()->exit_code,
          process.peb.value,
          1,
          kNormalBasePriority,
          process.id(),
          process.parent_id};
}

// The address space and the pools are not accounted by process.
VmCounters vm_counters(const mm::ProcessStatistics& statistics) {
  VmCounters counters{};
  counters.page_fault_count = static_cast<uint32_t>(statistics.faults.total);
  counters.peak_working_set_size = bytes(statistics.working_set_peak);
  counters.working_set_size = bytes(statistics.working_set);
  counters.pagefile_usage = bytes(statistics.private_commit);
  counters.peak_pagefile_usage = bytes(statistics.private_commit_peak);
  return counters;
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
  const auto process = call.reference<Process>(call.handle(0), process_access::kQueryLimitedInformation);
  if (!process) return process.error();
  switch (call.word(1)) {
    case kProcessBasicInformation: return answer(call, basic_information(**process), 2, 3, 4);
    case kProcessVmCounters: return answer(call, vm_counters(call.machine.statistics(**process)), 2, 3, 4);
    default: return NtStatus::InvalidInfoClass;
  }
}

}  // namespace emu::services
