// NtAllocateVirtualMemory and its family, on one address space. Each validates, charges, changes, and keeps
// the charge only when nothing can fail any more; a failure leaves everything as it was. The statuses are
// those of Microsoft's pages on VirtualAlloc, VirtualFree, VirtualProtect and VirtualQuery and their Nt
// forms.
#pragma once

#include <cstdint>

#include "mm/base/result.h"
#include "mm/base/types.h"
#include "mm/vad/vad_type.h"

namespace mm {

class AddressSpace;
struct MachineState;

namespace allocation {  // MEM_ constants
inline constexpr uint32_t kCommit = 0x1000;
inline constexpr uint32_t kReserve = 0x2000;
inline constexpr uint32_t kDecommit = 0x4000;
inline constexpr uint32_t kRelease = 0x8000;
inline constexpr uint32_t kFree = 0x10000;
inline constexpr uint32_t kPrivate = 0x20000;
inline constexpr uint32_t kMapped = 0x40000;
inline constexpr uint32_t kReset = 0x80000;
inline constexpr uint32_t kTopDown = 0x100000;
inline constexpr uint32_t kImage = 0x1000000;
inline constexpr uint32_t kResetUndo = 0x1000000;
inline constexpr uint32_t kLargePages = 0x20000000;
}  // namespace allocation

struct AllocateRequest {
  VirtualAddress base{};  // 0: anywhere
  // High bits of the address that must be zero, at most 21; larger than 32: a mask of the bits that need not
  // be.
  uint32_t zero_bits = 0;
  uint32_t size = 0;                    // bytes
  uint32_t type = 0;                    // MEM_ constants
  uint32_t protect = 0;                 // PAGE_ constants
  VadType vad_type = VadType::Private;  // the kernel's word, not the guest's
  // The kernel's word as well: what is reserved is secured, what is committed may be.
  VadSecurity security = VadSecurity::Open;
};

// Whole pages: what a service acted on. `size` in bytes.
struct MemoryRegion {
  VirtualAddress base{};
  uint32_t size = 0;

  bool operator==(const MemoryRegion&) const = default;
};

struct ProtectedRegion {
  MemoryRegion region{};
  uint32_t old_protect = 0;  // of the first page

  bool operator==(const ProtectedRegion&) const = default;
};

// MEMORY_BASIC_INFORMATION: the run of pages from `base` on that are alike.
struct RegionInformation {
  VirtualAddress base{};
  VirtualAddress allocation_base{};
  uint32_t allocation_protect = 0;
  uint32_t size = 0;
  uint32_t state = 0;    // MEM_COMMIT, MEM_RESERVE or MEM_FREE
  uint32_t protect = 0;  // 0 unless committed, PAGE_NOACCESS when free
  uint32_t type = 0;     // MEM_PRIVATE, MEM_MAPPED, MEM_IMAGE; 0 when free

  bool operator==(const RegionInformation&) const = default;
};

// What may make page tables is an Attempt: Starved, it has changed nothing but page tables made and charged;
// called again once frames are available, it goes on; MemoryManager takes the tables back when it gives up. A
// call that needs one more VAD, a reservation or a release that splits one, may also fail for want of pool to
// keep it in: with STATUS_QUOTA_EXCEEDED past the process's quota, and with STATUS_INSUFFICIENT_RESOURCES
// when the machine has no more (mm/commit/pool.h).
Attempt<MemoryRegion> allocate_virtual_memory(MachineState& machine, AddressSpace& space,
                                              const AllocateRequest& request);
// MEM_DECOMMIT or MEM_RELEASE, not both; else STATUS_INVALID_PARAMETER_4. NT looks at it before it looks at
// any pointer.
NtStatus check_free_type(uint32_t type);
// STATUS_UNABLE_TO_DELETE_SECTION for an image, which is not freed but unmapped. With Secured, which is the
// kernel's word, memory that is secured is freed as well.
Result<MemoryRegion> free_virtual_memory(MachineState& machine, AddressSpace& space, MemoryRegion region,
                                         uint32_t type, VadSecurity security = VadSecurity::Open);
// Gives up the image that holds `address`. STATUS_NOT_MAPPED_VIEW when there is none.
Result<MemoryRegion> unmap_view_of_section(MachineState& machine, AddressSpace& space,
                                           VirtualAddress address);
Attempt<ProtectedRegion> protect_virtual_memory(MachineState& machine, AddressSpace& space,
                                                MemoryRegion region, uint32_t protect);
Result<RegionInformation> query_virtual_memory(const MachineState& machine, const AddressSpace& space,
                                               VirtualAddress address);

}  // namespace mm
