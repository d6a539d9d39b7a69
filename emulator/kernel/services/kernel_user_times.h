// How long a thread or a process has used the processor, in the form that NtQueryInformationThread and
// NtQueryInformationProcess answer (KERNEL_USER_TIMES).
#pragma once

#include <cstdint>

#include "emulator/kernel/time/processor_times.h"

namespace emu::services {

struct KernelUserTimes {  // 100 ns units; the first two since 1601
  uint64_t created, ended, kernel, user;
};

inline KernelUserTimes kernel_user_times(const ProcessorTimes& times) {
  constexpr Duration kUnit{100};
  return {times.began, times.ended, static_cast<uint64_t>(times.kernel / kUnit),
          static_cast<uint64_t>(times.user / kUnit)};
}

}  // namespace emu::services
