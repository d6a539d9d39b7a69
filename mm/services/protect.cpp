// NtProtectVirtualMemory.
#include "mm/process/page_changes.h"
#include "mm/process/resident_pages.h"
#include "mm/services/region.h"

namespace mm {

namespace {

// Makes the page tables of the pages whose protection changes; all are committed.
bool make_tables(MachineState& machine, AddressSpace& space, const Vad& vad, PageRange range,
                 x86::Protection protection) {
  for (VirtualPageNumber page = range.begin; page < range.end; page = next_to_view(machine, space, page)) {
    const PageView view = view_page(machine, space, vad, page);
    const bool needed = !view.at && view.protection != protection;
    if (needed && !ensure_page_table(machine, space, page)) return false;
  }
  return true;
}

}  // namespace

Result<ProtectedRegion> protect_virtual_memory(MachineState& machine, AddressSpace& space,
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
  if (!make_tables(machine, space, *vad, range, *protection)) return fail(NtStatus::NoMemory);

  const uint32_t old = x86::page_constants(view_page(machine, space, *vad, range.begin).protection);
  for_each_page(machine, space, *vad, range, [&](VirtualPageNumber, const PageView& view) {
    if (view.protection == *protection) return;
    if (view.kind == x86::PteKind::Unknown) {
      machine.tables.write(*view.at, x86::demand_zero_pte(*protection));
    } else {
      protect_page(machine, space, *view.at, *protection);
    }
  });
  note_protection(machine, space, *vad, range);
  return ProtectedRegion{region_of(range), old};
}

}  // namespace mm
