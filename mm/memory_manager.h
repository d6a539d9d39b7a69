// The Windows-like memory manager of one machine: the one door for everything above it.
//
// It owns the PFN database, the page lists, commit, the paging file and the address spaces. Everything runs
// on the caller's thread, to the end: faults and services are never re-entered. When a resolver or a service
// finds no free frame, the memory manager trims and writes out and tries again, so that nothing fails for
// want of a frame while one can be had.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "mm/base/device_kind.h"
#include "mm/base/events.h"
#include "mm/base/fault.h"
#include "mm/base/placement.h"
#include "mm/base/ports.h"
#include "mm/base/result.h"
#include "mm/commit/pool.h"
#include "mm/inspect/statistics.h"
#include "mm/pagefile/storage.h"
#include "mm/services/virtual_memory.h"
#include "mm/x86/paging_root.h"

namespace mm {

class AddressSpace;
class StepAudit;
struct MachineState;

struct MemoryConfiguration {
  PageCount paging_file_size{0};     // 0: no paging file
  PageCount paging_file_maximum{0};  // the file grows up to here when commit needs it; >= size
  x86::PagingMode paging_mode = x86::PagingMode::ThirtyTwoBit;
  DeviceKind device = DeviceKind::None;  // what the paging file lies on
  MachineClock* clock = nullptr;         // for a device that takes time
};

class MemoryManager {
 public:
  // The smallest RAM that a machine can start with.
  static constexpr PageCount kMinimumRam{256};

  // Takes all of `ram`, which must be zero-filled; `storage` may be null without a paging file.
  // STATUS_DISK_FULL when the paging file has no room, STATUS_NO_MEMORY when RAM is too small.
  static Result<std::unique_ptr<MemoryManager>> create(PhysicalMemory ram, Tlb& tlb,
                                                       std::unique_ptr<PagingFileStorage> storage,
                                                       MemoryConfiguration configuration);
  ~MemoryManager();

  void listen(EventSink* sink);

  // --- Address spaces. A new one holds KUSER_SHARED_DATA (read-only, one page) and nothing else below 2 GB.
  // `payer`: whose quota its VADs are charged to; null: nobody's. `placement`: multiples of 64 KB, the
  // highest less one.
  Result<AddressSpace*> create_address_space(std::shared_ptr<PoolQuota> payer = nullptr,
                                             const Placement& placement = {});
  void delete_address_space(AddressSpace& space);
  // What CR3 holds while the address space runs.
  x86::PagingRoot root(const AddressSpace& space) const;
  // `space` is the one that runs from now on: the TLB port is told of changes to it and to the system half,
  // and of no others.
  void make_current(AddressSpace& space);

  // --- The system half, the same in every address space.
  // Maps a zeroed, resident, supervisor read-write page at `page` (0x80000000 and up). Charged.
  Result<PageFrameNumber> map_system_page(VirtualPageNumber page);
  PageFrameNumber shared_user_data() const;  // the frame of KUSER_SHARED_DATA, written by the host

  // --- Nonpaged pool. A process may have half of it; the kernel itself, all.
  std::shared_ptr<PoolQuota> make_process_quota() const;
  std::shared_ptr<PoolQuota> make_system_quota() const;

  // --- Faults. `eip` is the instruction at fault: its page is not trimmed while it waits.
  FaultOutcome fault(AddressSpace& space, const Fault& fault, VirtualAddress eip);

  // --- Services.
  Result<MemoryRegion> allocate_virtual_memory(AddressSpace& space, const AllocateRequest& request);
  Result<MemoryRegion> free_virtual_memory(AddressSpace& space, MemoryRegion region, uint32_t type,
                                           VadSecurity security = VadSecurity::Open);
  Result<MemoryRegion> unmap_view_of_section(AddressSpace& space, VirtualAddress address);
  Result<ProtectedRegion> protect_virtual_memory(AddressSpace& space, MemoryRegion region, uint32_t protect);
  Result<RegionInformation> query_virtual_memory(const AddressSpace& space, VirtualAddress address) const;

  // --- Explicit balance steps. Pages arrive that the device is through with; to be called when time has
  // passed.
  void time_passed();
  // For the machine's idle loop: free pages are zeroed, modified pages written while there are many.
  void run_idle_work();

  // Called in a process that fork(2) made, before anything else: its paging file is its own
  // (PagingFile::after_fork).
  NtStatus after_fork();

  // --- Looking.
  MemoryStatistics statistics() const;
  ProcessStatistics statistics(const AddressSpace& space) const;
  const FaultStatistics& faults(const AddressSpace& space) const;  // counted as they happen: free to read
  const MachineState& state() const;                               // for mm/inspect and mm/verify
  // Cross-checks everything; stops the program with a report when something disagrees.
  void verify() const;
  // Cross-checks what was written since the last call, at that cost, and now and then everything. Before the
  // first call nothing is noted of what is written.
  void verify_step();

 private:
  explicit MemoryManager(std::unique_ptr<MachineState> state);

  std::unique_ptr<MachineState> state_;
  std::unique_ptr<StepAudit> step_audit_;  // from the first verify_step() on
};

}  // namespace mm
