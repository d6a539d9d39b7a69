// NtProtectVirtualMemory.
#include "mm/process/page_changes.h"
#include "mm/process/pte_cursor.h"
#include "mm/process/resident_pages.h"
#include "mm/services/region.h"

namespace mm {
namespace {

// Makes the page tables of the pages whose protection changes. All are committed, so that those without a
// page table have the VAD's.
bool make_tables(MachineState& machine, AddressSpace& space, const Vad& vad, PageRange range,
                 x86::Protection protection) {
  if (vad.protection() == protection) return true;
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done(); cursor.next_table())
    if (!ensure_page_table(machine, space, cursor.page())) return false;
  return true;
}

}  // namespace

Attempt<ProtectedRegion> protect_virtual_memory(MachineState& machine, AddressSpace& space,
                                                MemoryRegion region, uint32_t protect) {
  if (region.base > kHighestUserAddress) return fail(NtStatus::InvalidParameter2);
  if (region.size == 0 || !in_user_space(region)) return fail(NtStatus::InvalidParameter3);
  const PageRange range = PageRange::touching(region.base, region.size);
  const Vad* vad = space.vads.find(range.begin);
  const auto protection = protection_for(vad != nullptr ? vad->type() : VadType::Private, protect);
  if (!protection) return fail(protection.error());
  // "All pages must be in the same region reserved by one call" (Microsoft's page on VirtualProtect).
  if (vad == nullptr || !vad->range().contains(range)) return fail(NtStatus::ConflictingAddresses);
  if (vad->security() == VadSecurity::Secured) return fail(NtStatus::InvalidPageProtection);
  if (space.runs.committed(*vad, range) != range.size()) return fail(NtStatus::NotCommitted);
  if (!make_tables(machine, space, *vad, range, *protection)) return starve();

  const uint32_t old = x86::page_constants(view_page(machine, space, *vad, range.begin).protection);
  for_each_entry(entries_of(machine, space, range), [&](const PteCursor& cursor) {
    const PageView page = view_entry(machine, space, *vad, cursor.page(), cursor.at());
    if (page.protection != *protection) protect_page(machine, space, cursor.at(), *protection);
  });
  note_protection(machine, space, *vad, range);
  return ProtectedRegion{region_of(range), old};
}

}  // namespace mm
