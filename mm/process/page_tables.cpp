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
  const PageFrame& table = table_of(at);
  const Pte old = read(at);
  if (old == Pte{} && pte != Pte{}) pfns_.add_used_entry(at.frame());
  if (old != Pte{} && pte == Pte{}) pfns_.remove_used_entry(at.frame());
  if (is_held_back(pte)) ++held_back_;
  if (is_held_back(old)) --held_back_;
  set(at, pte);
  if (loses_rights(old, pte) && is_current(table)) tlb_.invalidate(page_of(at), old.frame());
  if (announce_.heard()) {
    announce_({.kind = Event::Kind::PteWritten,
               .space = table.owner,
               .address = page_of(at).address(),
               .frame = pte.valid() ? pte.frame() : PageFrameNumber(),
               .value = pte.raw});
  }
}

x86::PagingRoot PageTables::make_directory(PageFrameNumber directory, AddressSpaceId owner) {
  pfns_.pin_directory(directory, owner);
  const x86::PagingRoot root(mode_, directory);
  copy_system_half(root);
  return root;
}

void PageTables::copy_system_half(x86::PagingRoot root) {
  for (uint32_t i = 0; i < system_.size(); ++i) {
    const VirtualPageNumber page = x86::first_page_of_table(mode_, x86::user_tables(mode_) + i);
    set(x86::pde_address(root, page), system_[i]);
  }
  set(x86::pde_address(root, x86::self_map(mode_)), x86::table_pde(root.frame(), Mode::Supervisor));
}

void PageTables::install_table(x86::PagingRoot root, VirtualPageNumber page, PageFrameNumber table,
                               const x86::TablePages& decommitted) {
  const PhysicalAddress pde = x86::pde_address(root, page);
  MM_CHECK(!read(pde).valid(), "a second page table for the same pages");
  pfns_.pin_page_table(table, pde);
  pfns_.add_used_entry(pde.frame());
  for (uint32_t i = 0; i < x86::entries_per_table(mode_); ++i) {
    if (!decommitted[i]) continue;
    set(x86::entry_address(mode_, table, i), x86::decommitted_pte());
    pfns_.add_used_entry(table);
  }
  set(pde, x86::table_pde(table, Mode::User));
  const PageRange pages = x86::pages_of_table(mode_, page);
  announce_({.kind = Event::Kind::PageTableMade,
             .space = pfns_[table].owner,
             .address = pages.begin.address(),
             .frame = table,
             .value = pages.size().value});
}

void PageTables::write_pde_form(x86::PagingRoot root, VirtualPageNumber page, Pte form) {
  const PhysicalAddress at = x86::pde_address(root, page);
  MM_CHECK(!read(at).valid() && !form.valid(), "a page table's entry written over");
  set(at, form);
}

void PageTables::remove_table(x86::PagingRoot root, VirtualPageNumber page) {
  const PhysicalAddress at = x86::pde_address(root, page);
  const Pte pde = read(at);
  if (table_state(pde) == TableState::Absent) return;
  MM_CHECK(table_state(pde) == TableState::Resident, "a page table removed that is not in memory");
  MM_CHECK(pfns_[pde.frame()].used_entries == 0, "a page table removed that is in use");
  set(at, {});
  // The table itself was visible through the self-map.
  if (is_current(pfns_[pde.frame()]))
    tlb_.invalidate(x86::pte_virtual_address(mode_, page).page(), pde.frame());
  pfns_.release(pde.frame());
  pfns_.remove_used_entry(at.frame());
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
  return first_page_of(table_of(at).pte) + PageCount{x86::entry_index(mode_, at)};
}

}  // namespace mm
