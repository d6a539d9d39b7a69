// NtUnmapViewOfSection.
#include "mm/process/allocations.h"
#include "mm/services/region.h"

namespace mm {

Result<MemoryRegion> unmap_view_of_section(MachineState& machine, AddressSpace& space,
                                           VirtualAddress address) {
  Vad* vad = space.vads.find(address.page());
  if (vad == nullptr || vad->type() != VadType::Image) return fail(NtStatus::NotMappedView);
  const MemoryRegion region = region_of(vad->range());
  release_vad(machine, space, *vad);
  return region;
}

}  // namespace mm
