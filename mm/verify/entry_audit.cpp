#include "mm/verify/entry_audit.h"

#include "mm/process/missing_tables.h"
#include "mm/process/page_view.h"

namespace mm {

using x86::Pte;
using x86::PteKind;

namespace {

bool same_entry(Pte entry, Pte expected) {  // but for what the processor notes in it
  return entry.without(Pte::kAccessed | Pte::kDirty) == expected;
}

}  // namespace

std::optional<PageFrameNumber> EntryAudit::directory_entry(VirtualPageNumber page) {
  const PageRange pages = x86::pages_of_table(machine_.tables.mode(), page);
  const VirtualPageNumber first = pages.begin;
  const PhysicalAddress at = x86::pde_address(space_.root(), first);
  const Pte pde = machine_.tables.read(at);
  switch (table_state(pde)) {
    case TableState::Absent: return missing_table(pages, pde), std::nullopt;
    case TableState::PagedOut:
      return expect(first, false, "has a page table that is paged out"), std::nullopt;
    case TableState::LargePage: return expect(first, false, "is in a large page"), std::nullopt;
    case TableState::Resident: break;
  }
  if (!machine_.ram.contains(pde.frame()))
    return expect(first, false, "has a page table outside RAM"), std::nullopt;
  expect(first, same_entry(pde, x86::table_pde(pde.frame(), Mode::User)),
         "has a page table with wrong rights");
  const PageFrame& table = machine_.pfns[pde.frame()];
  expect(first, table.use == FrameUse::PageTable && table.state == PageState::Active && table.pte == at,
         "has a page table that the PFN database does not know as such");
  expect(first, table.owner == space_.id(), "has a page table that is another process's");
  expect(first, table.used_entries > 0, "has a page table that holds nothing");
  return pde.frame();
}

void EntryAudit::missing_table(PageRange pages, Pte pde) {
  const VirtualPageNumber first = pages.begin;
  expect(first, pde == Pte{} || pde == x86::decommitted_pde() || pde == x86::partly_decommitted_pde(),
         "has a page-directory entry of no known form");
  expect(first, pde == missing_table_pde(space_, first),
         "has decommitted pages that its page-directory entry does not tell of");
  if (pde == Pte{}) return;
  for (VirtualPageNumber page = first; page < pages.end; ++page) {
    if (!decommitted_without_table(machine_, space_, page)) continue;
    const Vad* vad = space_.vads.find(page);
    expect(page, vad != nullptr && vad->backing() == VadBacking::Committed,
           "is decommitted where nothing is committed");
  }
}

void EntryAudit::system_entry(VirtualPageNumber page) {
  const VirtualPageNumber first = x86::pages_of_table(machine_.tables.mode(), page).begin;
  const auto table = machine_.tables.find_system(first).if_resident();
  Pte expected = table ? x86::table_pde(table->frame(), Mode::Supervisor) : Pte{};
  if (x86::is_self_map(machine_.tables.mode(), first))
    expected = x86::table_pde(space_.root().frame(), Mode::Supervisor);
  expect(first, same_entry(machine_.tables.read_pde(space_.root(), first), expected),
         "has a page-directory entry that is not the system half's");
}

Named EntryAudit::page_entry(PageFrameNumber table, VirtualPageNumber page) {
  const PhysicalAddress at = x86::pte_address(machine_.tables.mode(), table, page);
  const Pte pte = machine_.tables.read(at);
  Named named;
  if (pte == Pte{}) return named;
  named.used = true;
  if (vad_ == nullptr || !vad_->range().contains(page)) vad_ = space_.vads.find(page);
  expect(page, vad_ != nullptr, "has an entry outside every VAD");
  switch (x86::decode(pte)) {
    case PteKind::Valid: valid(page, at, pte, named); break;
    case PteKind::Transition: transition(page, at, pte, named); break;
    case PteKind::PagingFile: slot(page, pte, named); break;
    case PteKind::DemandZero:
    case PteKind::Decommitted: break;
    case PteKind::Unknown:
    case PteKind::Prototype: expect(page, false, "has an entry that private memory never has");
  }
  return named;
}

void EntryAudit::valid(VirtualPageNumber page, PhysicalAddress at, Pte pte, Named& named) {
  if (!machine_.ram.contains(pte.frame())) return expect(page, false, "has a frame outside RAM");
  const PageFrame& found = machine_.pfns[pte.frame()];
  if (found.use == FrameUse::System) return shared(page, pte);
  named.valid = true;
  named.held_back = pte.held_back();
  frame(page, at, pte.frame(), named);
  expect(page, found.state == PageState::Active, "is valid and its frame not active");
  expect(page, pte.has(Pte::kUser), "is not the user's");
  const x86::Protection protection = remembered_protection(page, found);
  expect(page, pte.has(Pte::kWritable) == protection.writable(), "is writable and should not be, or not");
  expect(page, pte.has(Pte::kWritable) || !pte.has(Pte::kWrite), "may be written and should not be");
  expect(page, !pte.held_back() || !(found.modified || pte.has(Pte::kDirty)),
         "is held back from being written though it was");
  expect(page, protection.allows(Access::Read), "is valid though nothing may touch it");
}

x86::Protection EntryAudit::remembered_protection(VirtualPageNumber page, const PageFrame& frame) {
  const WorkingSet& set = space_.working_set;
  const bool remembered = frame.working_set_index < set.end() && set[frame.working_set_index].page() == page;
  expect(page, remembered, "is valid and not in the working set where its frame says");
  expect(page, frame.share_count == 1, "is private and shared");
  return remembered ? set[frame.working_set_index].protection() : x86::protection::kUnset;
}

void EntryAudit::shared(VirtualPageNumber page, Pte pte) {
  expect(page, pte.frame() == machine_.shared_user_data, "is a system page that is not the user's");
  expect(page, !pte.has(Pte::kWrite), "may write to a system page");
}

void EntryAudit::transition(VirtualPageNumber page, PhysicalAddress at, Pte pte, Named& named) {
  if (!machine_.ram.contains(pte.frame())) return expect(page, false, "has a frame outside RAM");
  const PageFrame& found = machine_.pfns[pte.frame()];
  frame(page, at, pte.frame(), named);
  expect(page,
         found.state == PageState::Standby || found.state == PageState::Modified ||
             found.state == PageState::Transition,
         "is in transition and its frame not cached");
  const bool kept_elsewhere = x86::decode(found.original) == PteKind::PagingFile;
  expect(page, !(found.modified && kept_elsewhere), "is modified and yet has a slot");
  expect(page, found.state == PageState::Transition || found.modified == (found.state == PageState::Modified),
         "is modified and on standby, or the reverse");
}

void EntryAudit::frame(VirtualPageNumber page, PhysicalAddress at, PageFrameNumber number, Named& named) {
  const PageFrame& found = machine_.pfns[number];
  named.frame = number;
  expect(page, found.use == FrameUse::Page && found.pte == at, "has a frame that is somebody else's");
  expect(page, found.original.protection() == x86::protection::kUnset,
         "has a frame that remembers its protection, which the entry knows");
  if (x86::decode(found.original) == PteKind::PagingFile) slot(page, found.original, named);
}

void EntryAudit::slot(VirtualPageNumber page, Pte pte, Named& named) {
  named.slot = pte.slot();
  expect(page, machine_.pagefile.in_use(pte.slot()), "names a slot that is not in use");
}

}  // namespace mm
