#include "mm/process/page_tables.h"

#include "mm/base/check.h"

namespace mm {

using x86::Pte;

namespace {

// Intel SDM volume 3, 4.10.4.3: only what grants more needs no invalidation. Dirty counts as a right: an
// entry without it is cached without permission to write.
bool loses_rights(Pte from, Pte to) {
  constexpr uint32_t kRights = Pte::kValid | Pte::kWrite | Pte::kUser | Pte::kDirty;
  return from.valid() && ((from.raw & ~to.raw & kRights) != 0 || from.frame() != to.frame());
}

bool is_held_back(Pte pte) { return pte.valid() && pte.held_back(); }

}  // namespace

void PageTables::write(PhysicalAddress at, Pte pte) {
  const Pte old = read(at);
  const PageFrameNumber table = at.frame();
  if (old.raw == 0 && pte.raw != 0) pfns_.add_used_entry(table);
  if (old.raw != 0 && pte.raw == 0) pfns_.remove_used_entry(table);
  if (is_held_back(pte)) ++held_back_;
  if (is_held_back(old)) --held_back_;
  set(at, pte);
  if (directory_of(at) == current_ && loses_rights(old, pte)) tlb_.invalidate(page_of(at), old.frame());
  if (announce_.heard()) {
    announce_({.kind = Event::Kind::PteWritten,
               .process = owner_of(at),
               .address = page_of(at).address(),
               .frame = pte.valid() ? pte.frame() : PageFrameNumber(),
               .value = pte.raw});
  }
}

void PageTables::make_directory(PageFrameNumber directory, uint32_t owner) {
  pfns_.pin_directory(directory, owner);
  copy_system_half(directory);
}

void PageTables::copy_system_half(PageFrameNumber directory) {
  for (uint32_t i = 0; i < system_.size(); ++i) {
    const VirtualPageNumber page = x86::first_page_of_table(x86::kFirstSystemPde + i);
    set(x86::pde_address(directory, page), system_[i]);
  }
  set(x86::pde_address(directory, x86::first_page_of_table(x86::kSelfMapIndex)),
      x86::table_pde(directory, Mode::Supervisor));
}

void PageTables::install_table(PageFrameNumber directory, VirtualPageNumber page, PageFrameNumber table,
                               const x86::TablePages& decommitted) {
  const PhysicalAddress pde = x86::pde_address(directory, page);
  MM_CHECK(!read(pde).valid(), "a second page table for the same pages");
  pfns_.pin_page_table(table, pde);
  pfns_.add_used_entry(directory);
  for (uint32_t i = 0; i < decommitted.size(); ++i) {
    if (!decommitted[i]) continue;
    set(table.address() + uint64_t{i} * x86::kEntryBytes, x86::decommitted_pte());
    pfns_.add_used_entry(table);
  }
  set(pde, x86::table_pde(table, Mode::User));
  announce_({.kind = Event::Kind::PageTableMade,
             .process = pfns_[directory].owner,
             .address = x86::first_page_of_table(x86::pde_index(page)).address(),
             .frame = table});
}

void PageTables::write_pde_form(PageFrameNumber directory, VirtualPageNumber page, Pte form) {
  const PhysicalAddress at = x86::pde_address(directory, page);
  MM_CHECK(!read(at).valid() && !form.valid(), "a page table's entry written over");
  set(at, form);
}

void PageTables::remove_table(PageFrameNumber directory, VirtualPageNumber page) {
  const PhysicalAddress at = x86::pde_address(directory, page);
  const Pte pde = read(at);
  if (table_state(pde) == TableState::Absent) return;
  MM_CHECK(table_state(pde) == TableState::Resident, "a page table removed that is not in memory");
  MM_CHECK(pfns_[pde.frame()].used_entries == 0, "a page table removed that is in use");
  set(at, {});
  // The table itself was visible through the self-map.
  if (directory == current_) tlb_.invalidate(x86::pte_virtual_address(page).page(), pde.frame());
  pfns_.release(pde.frame());
  pfns_.remove_used_entry(directory);
}

void PageTables::install_system_table(VirtualPageNumber page, PageFrameNumber table) {
  MM_CHECK(!system_pde(page).valid(), "a second page table for the same pages");
  pfns_.pin_system(table);
  system_pde(page) = x86::table_pde(table, Mode::Supervisor);
}

void PageTables::write_system(VirtualPageNumber page, Pte pte) {
  const PhysicalAddress at = find_system(page).at();
  const Pte old = read(at);
  set(at, pte);
  if (loses_rights(old, pte)) tlb_.invalidate(page, old.frame());
}

VirtualPageNumber PageTables::page_of(PhysicalAddress at) const {
  const PhysicalAddress pde = pfns_[at.frame()].pte;
  return x86::first_page_of_table(pde.offset() / x86::kEntryBytes) +
         PageCount{at.offset() / x86::kEntryBytes};
}

}  // namespace mm
