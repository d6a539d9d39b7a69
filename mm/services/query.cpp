// NtQueryVirtualMemory, MemoryBasicInformation.
#include "mm/process/page_view.h"
#include "mm/services/region.h"

namespace mm {
namespace {

RegionInformation free_region(const AddressSpace& space, VirtualPageNumber page) {
  const Vad* next = space.vads.at_or_after(page);
  const VirtualPageNumber user_end = kHighestUserAddress.page() + PageCount{1};
  const VirtualPageNumber end = next != nullptr ? next->range().begin : user_end;
  return {.base = page.address(),
          .allocation_base = {},
          .size = static_cast<uint32_t>((end - page).bytes()),
          .state = allocation::kFree,
          .protect = x86::page::kNoAccess};
}

// An image is allocated write-copy, whatever its sections are (Microsoft's page on MEMORY_BASIC_INFORMATION).
uint32_t allocation_protect(const Vad& vad) {
  return vad.type() == VadType::Image ? x86::page::kExecuteWriteCopy : x86::page_constants(vad.protection());
}

uint32_t type_constant(VadType type) {
  return type == VadType::Image ? allocation::kImage : allocation::kPrivate;
}

}  // namespace

Result<RegionInformation> query_virtual_memory(const MachineState& machine, const AddressSpace& space,
                                               VirtualAddress address) {
  // The last 64 KB below 2 GB are no process's ("NtQueryVirtualMemory": above the highest user address).
  if (address > kHighestUserAddress) return fail(NtStatus::InvalidParameter);
  const VirtualPageNumber page = address.page();
  const Vad* vad = space.vads.find(page);
  if (vad == nullptr) return free_region(space, page);
  const PageView view = view_page(machine, space, *vad, page);
  const bool committed = view.commitment == Commitment::Committed;
  return RegionInformation{.base = page.address(),
                           .allocation_base = vad->range().begin.address(),
                           .allocation_protect = allocation_protect(*vad),
                           .size = static_cast<uint32_t>((space.runs.end_of_run(*vad, page) - page).bytes()),
                           .state = committed ? allocation::kCommit : allocation::kReserve,
                           .protect = committed ? x86::page_constants(view.protection) : 0,
                           .type = type_constant(vad->type())};
}

}  // namespace mm
