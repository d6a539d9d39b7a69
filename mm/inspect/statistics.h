// Counters of the whole machine and of one address space, as they stand. Page counts unless said otherwise.
#pragma once

#include <array>
#include <cstdint>

#include "mm/base/types.h"

namespace mm {

struct FaultStatistics {
  uint64_t demand_zero = 0;    // soft
  uint64_t transition = 0;     // soft: from the standby or the modified list
  uint64_t pagefile = 0;       // hard
  uint64_t prototype = 0;      // soft unless its page had to be read
  uint64_t copy_on_write = 0;  // soft
  uint64_t guard = 0;          // raised: the guard page did its work
  uint64_t access_violation = 0;
  uint64_t in_page_error = 0;
  uint64_t soft = 0;   // resolved without reading
  uint64_t hard = 0;   // resolved by reading
  uint64_t total = 0;  // soft + hard
};

struct CommitStatistics {
  PageCount charge, limit, peak;
};

struct PhysicalStatistics {
  PageCount total;
  PageCount available;  // zeroed + free + standby
  PageCount zeroed, free, modified, modified_no_write, bad, active, transition;
  std::array<PageCount, 8> standby;  // by priority
};

struct KernelStatistics {
  PageCount page_tables;  // page tables and directories
  PageCount pool;  // system pages: descriptor tables, shared user data, and what else is resident for good
};

struct PagingFileStatistics {
  PageCount size, maximum, used, peak;
  PageCount reads, writes;  // pages moved
  uint64_t read_operations = 0, write_operations = 0;
};

struct MemoryStatistics {
  CommitStatistics commit;
  PhysicalStatistics physical;
  KernelStatistics kernel;
  FaultStatistics faults;
  PagingFileStatistics pagefile;
};

struct ProcessStatistics {
  PageCount virtual_size, virtual_size_peak;  // reserved, committed or not
  PageCount working_set, working_set_peak;
  PageCount private_commit, private_commit_peak;
  PageCount page_tables;
  FaultStatistics faults;
};

}  // namespace mm
