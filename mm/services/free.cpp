// NtFreeVirtualMemory.
#include "mm/process/allocations.h"
#include "mm/process/page_changes.h"
#include "mm/process/resident_pages.h"
#include "mm/services/region.h"

namespace mm {
namespace {

// The pages that the guest names: size 0 stands for the whole allocation and needs its base.
Result<PageRange> range_to_free(const Vad& vad, MemoryRegion region) {
  if (region.size == 0) {
    if (region.base.page() != vad.range().begin) return fail(NtStatus::FreeVmNotAtBase);
    return vad.range();
  }
  const PageRange range = PageRange::touching(region.base, region.size);
  if (!vad.range().contains(range)) return fail(NtStatus::UnableToFreeVm);
  return range;
}

// What an entry becomes when its page is decommitted: all zero would mean "look at the VAD".
x86::Pte decommitted_entry(const Vad& vad) {
  return vad.backing() == VadBacking::Committed ? x86::decommitted_pte() : x86::Pte{};
}

void return_commit(AddressSpace& space, Vad& vad, PageCount pages) {
  vad.charge().give_back(pages);
  space.remove_private_commit(pages);
}

// Of pages that one page table maps. A table whose pages are all decommitted goes: its PDE can say that too.
void decommit_part(MachineState& machine, AddressSpace& space, const Vad& vad, PageRange part) {
  const bool whole_table = part == x86::pages_of_table(machine.tables.mode(), part.begin);
  discard_range(machine, space, part, whole_table ? x86::Pte{} : decommitted_entry(vad));
  drop_empty_tables(machine, space, part);
}

MemoryRegion decommit(MachineState& machine, AddressSpace& space, Vad& vad, PageRange range) {
  return_commit(space, vad, space.runs.committed(vad, range));
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done(); cursor.next_table())
    decommit_part(machine, space, vad, cursor.part());
  note_commitment(machine, space, vad, range, Commitment::Reserved);
  return region_of(range);
}

// What lies behind `range` in `vad`, as a VAD of its own, which the process pays for; null when `range`
// reaches an edge.
Result<std::unique_ptr<Vad>> make_rest(const AddressSpace& space, const Vad& vad, PageRange range) {
  const PageRange behind{range.end, vad.range().end};
  if (behind.empty() || range.begin == vad.range().begin) return nullptr;
  PoolCharge pool_charge(space.pool_quota);
  if (const NtStatus status = pool_charge.grow(Vad::kPoolSize); !succeeded(status)) return fail(status);
  auto rest = std::make_unique<Vad>(behind, vad.protection(), vad.backing());
  rest->pool_charge() = std::move(pool_charge);
  if (vad.security() == VadSecurity::Secured) rest->secure();
  return rest;
}

Result<MemoryRegion> release(MachineState& machine, AddressSpace& space, Vad& vad, PageRange range) {
  auto made = make_rest(space, vad, range);
  if (!made) return fail(made.error());
  std::unique_ptr<Vad> rest = std::move(*made);
  const PageCount rest_commit = rest ? space.runs.committed(vad, rest->range()) : PageCount{0};
  return_commit(space, vad, space.runs.committed(vad, range));
  discard_range(machine, space, range, x86::Pte{});
  if (range == vad.range()) {
    remove_vad(machine, space, vad);
  } else {
    cut_vad(machine, space, vad, range, std::move(rest), rest_commit);
  }
  return region_of(range);
}

}  // namespace

NtStatus check_free_type(uint32_t type) {
  const bool known = type == allocation::kDecommit || type == allocation::kRelease;
  return known ? NtStatus::Success : NtStatus::InvalidParameter4;
}

Result<MemoryRegion> free_virtual_memory(MachineState& machine, AddressSpace& space, MemoryRegion region,
                                         uint32_t type, VadSecurity security) {
  if (const NtStatus status = check_free_type(type); status != NtStatus::Success) return fail(status);
  if (region.base > kHighestUserAddress) return fail(NtStatus::InvalidParameter2);
  if (!in_user_space(region)) return fail(NtStatus::InvalidParameter3);
  Vad* vad = space.vads.find(region.base.page());
  if (vad == nullptr) return fail(NtStatus::MemoryNotAllocated);
  if (vad->type() == VadType::Image) return fail(NtStatus::UnableToDeleteSection);
  if (!admits(security, *vad)) return fail(NtStatus::InvalidPageProtection);
  const auto range = range_to_free(*vad, region);
  if (!range) return fail(range.error());
  return type == allocation::kDecommit ? decommit(machine, space, *vad, *range)
                                       : release(machine, space, *vad, *range);
}

}  // namespace mm
