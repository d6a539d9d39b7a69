#include "mm/verify/address_space_audit.h"

#include <array>

#include "mm/process/missing_tables.h"
#include "mm/process/page_view.h"

namespace mm {
namespace {

using x86::Pte;
using x86::PteKind;

class AddressSpaceAudit {
 public:
  AddressSpaceAudit(const MachineState& machine, const AddressSpace& space, Tally& tally, Findings& findings)
      : machine_(machine), space_(space), tally_(tally), findings_(findings) {}

  void run() {
    const PageFrame& directory = machine_.pfns[space_.directory()];
    expect(VirtualPageNumber(0),
           directory.use == FrameUse::Directory && directory.used_entries == space_.number(),
           "has a directory that is not its own");
    audit_vads();
    audit_table_users();
    for (uint32_t index = 0; index < x86::kFirstSystemPde; ++index) audit_table(index);
    findings_.expect(tables_ == PageCount{directory.tables}, "a process has another number of page tables");
    audit_system_half();
    audit_working_set();
    // Only entries that are right so far can be read as pages.
    if (!findings_.first()) space_.vads.for_each([&](const Vad& vad) { audit_commit(vad); });
    if (!findings_.first()) audit_runs();
  }

 private:
  void expect(VirtualPageNumber page, bool agrees, const char* otherwise) {
    findings_.expect_of_page(agrees, space_.number(), page, otherwise);
  }

  static bool same_entry(Pte entry, Pte expected) {  // but for what the processor notes in it
    return entry.without(Pte::kAccessed | Pte::kDirty) == expected;
  }

  void audit_vads() {
    VirtualPageNumber end = kLowestUserAddress.page();
    PageCount pages;
    space_.vads.for_each([&](const Vad& vad) {
      expect(vad.range().begin, vad.range().begin >= end && !vad.range().empty(),
             "begins a VAD that overlaps another");
      end = vad.range().end;
      pages += vad.range().size();
    });
    findings_.expect(pages == space_.vads.pages(), "the VADs have another size than the tree says");
    expect(end, end <= kHighestUserAddress.page() + PageCount{1}, "ends a VAD outside user space");
  }

  void audit_table_users() {
    std::array<uint32_t, x86::kFirstSystemPde> users{};
    space_.vads.for_each([&](const Vad& vad) {
      if (vad.backing() != VadBacking::Committed) return;
      for (VirtualPageNumber page = vad.range().begin; page < vad.range().end; page = next_table(page)) {
        if (x86::pde_index(page) < users.size()) ++users[x86::pde_index(page)];
      }
    });
    PageCount needed{1};  // the directory
    for (uint32_t index = 0; index < users.size(); ++index) {
      const VirtualPageNumber first = x86::first_page_of_table(index);
      if (users[index] > 0 || machine_.tables.read_pde(space_.directory(), first).valid()) ++needed;
      expect(first, space_.table_users[index] == users[index], "has a page table whose VADs are miscounted");
    }
    findings_.expect(space_.table_charge.pages() == needed, "the page tables' charge is not what they need");
  }

  void audit_system_half() {
    for (uint32_t index = x86::kFirstSystemPde; index < x86::kEntriesPerTable; ++index) {
      const VirtualPageNumber first = x86::first_page_of_table(index);
      const auto table = machine_.tables.find_system(first);
      Pte expected = table ? x86::table_pde(table->frame(), Mode::Supervisor) : Pte{};
      if (index == x86::kSelfMapIndex) expected = x86::table_pde(space_.directory(), Mode::Supervisor);
      expect(first, same_entry(machine_.tables.read(x86::pde_address(space_.directory(), first)), expected),
             "has a page-directory entry that is not the system half's");
    }
  }

  void audit_working_set() {
    findings_.expect(valid_pages_ == space_.working_set.size(), "a working set is not the valid pages");
    if (findings_.first()) return;
    for (uint32_t at = space_.working_set.head(); at != PageFrame::kNone;) {
      const PageFrame& frame = machine_.pfns[PageFrameNumber(at)];
      findings_.expect_of_frame(machine_.tables.directory_of(frame.pte) == space_.directory(),
                                PageFrameNumber(at), "is in a working set that is not its own");
      at = frame.next;
    }
  }

  void audit_table(uint32_t index) {
    const VirtualPageNumber first = x86::first_page_of_table(index);
    const PhysicalAddress at = x86::pde_address(space_.directory(), first);
    const Pte pde = machine_.tables.read(at);
    if (!pde.valid()) return audit_missing_table(first, pde);
    if (!machine_.ram.contains(pde.frame())) return expect(first, false, "has a page table outside RAM");
    expect(first, same_entry(pde, x86::table_pde(pde.frame(), Mode::User)),
           "has a page table with wrong rights");
    const PageFrame& table = machine_.pfns[pde.frame()];
    ++tally_.entries[pde.frame().value()];
    ++tables_;
    expect(first, table.use == FrameUse::PageTable && table.state == PageState::Active && table.pte == at,
           "has a page table that the PFN database does not know as such");
    expect(first, table.used_entries > 0, "has a page table that holds nothing");
    uint32_t used = 0;
    for (uint32_t i = 0; i < x86::kEntriesPerTable; ++i)
      used += audit_entry(pde.frame(), first + PageCount{i});
    expect(first, used == table.used_entries, "has a page table whose used entries are miscounted");
  }

  void audit_missing_table(VirtualPageNumber first, Pte pde) {
    expect(first, pde.raw == 0 || pde == x86::decommitted_pde() || pde == x86::partly_decommitted_pde(),
           "has a page-directory entry of no known form");
    expect(first, pde == missing_table_pde(space_, first),
           "has decommitted pages that its page-directory entry does not tell of");
    if (pde.raw == 0) return;
    for (VirtualPageNumber page = first; page < next_table(first); ++page) {
      if (!decommitted_without_table(machine_, space_, page)) continue;
      const Vad* vad = space_.vads.find(page);
      expect(page, vad != nullptr && vad->backing() == VadBacking::Committed,
             "is decommitted where nothing is committed");
    }
  }

  // 1 when the entry is used.
  uint32_t audit_entry(PageFrameNumber table, VirtualPageNumber page) {
    const PhysicalAddress at = x86::pte_address(table, page);
    const Pte pte = machine_.tables.read(at);
    if (pte.raw == 0) return 0;
    if (vad_ == nullptr || !vad_->range().contains(page)) vad_ = space_.vads.find(page);
    expect(page, vad_ != nullptr, "has an entry outside every VAD");
    switch (x86::decode(pte)) {
      case PteKind::Valid: audit_valid(page, at, pte); break;
      case PteKind::Transition: audit_transition(page, at, pte); break;
      case PteKind::PagingFile: meet_slot(page, pte); break;
      case PteKind::DemandZero:
      case PteKind::Decommitted: break;
      case PteKind::Unknown:
      case PteKind::Prototype: expect(page, false, "has an entry that private memory never has");
    }
    return 1;
  }

  void audit_valid(VirtualPageNumber page, PhysicalAddress at, Pte pte) {
    if (!machine_.ram.contains(pte.frame())) return expect(page, false, "has a frame outside RAM");
    const PageFrame& frame = machine_.pfns[pte.frame()];
    if (frame.use == FrameUse::System) return audit_shared(page, pte);
    ++valid_pages_;
    if (pte.held_back()) ++tally_.held_back;
    audit_frame(page, at, pte.frame());
    expect(page, frame.state == PageState::Active, "is valid and its frame not active");
    expect(page, pte.has(Pte::kUser), "is not the user's");
    expect(page, pte.has(Pte::kWritable) == frame.protection().writable(),
           "is writable and should not be, or not");
    expect(page, pte.has(Pte::kWritable) || !pte.has(Pte::kWrite), "may be written and should not be");
    expect(page, !pte.held_back() || !(frame.modified || pte.has(Pte::kDirty)),
           "is held back from being written though it was");
    expect(page, frame.protection().allows(Access::Read), "is valid though nothing may touch it");
  }

  void audit_shared(VirtualPageNumber page, Pte pte) {
    expect(page, pte.frame() == machine_.shared_user_data, "is a system page that is not the user's");
    expect(page, !pte.has(Pte::kWrite), "may write to a system page");
  }

  void audit_transition(VirtualPageNumber page, PhysicalAddress at, Pte pte) {
    if (!machine_.ram.contains(pte.frame())) return expect(page, false, "has a frame outside RAM");
    const PageFrame& frame = machine_.pfns[pte.frame()];
    audit_frame(page, at, pte.frame());
    expect(page,
           frame.state == PageState::Standby || frame.state == PageState::Modified ||
               frame.state == PageState::Transition,
           "is in transition and its frame not cached");
    expect(page, frame.protection() == pte.protection(), "has another protection than its frame remembers");
    const bool kept_elsewhere = x86::decode(frame.original) == PteKind::PagingFile;
    expect(page, !(frame.modified && kept_elsewhere), "is modified and yet has a slot");
    expect(page, frame.modified == (frame.state != PageState::Standby),
           "is modified and on standby, or the reverse");
  }

  void audit_frame(VirtualPageNumber page, PhysicalAddress at, PageFrameNumber number) {
    const PageFrame& frame = machine_.pfns[number];
    ++tally_.entries[number.value()];
    expect(page, frame.use == FrameUse::Page && frame.pte == at, "has a frame that is somebody else's");
    if (x86::decode(frame.original) == PteKind::PagingFile) meet_slot(page, frame.original);
  }

  void meet_slot(VirtualPageNumber page, Pte pte) {
    const uint32_t slot = pte.slot().slot;
    expect(page, machine_.pagefile.in_use(pte.slot()), "names a slot that is not in use");
    if (slot >= tally_.slots.size()) return;
    expect(page, !tally_.slots[slot], "shares its slot with another page");
    tally_.slots[slot] = true;
    ++tally_.slots_met;
  }

  void audit_commit(const Vad& vad) {
    const VirtualPageNumber begin = vad.range().begin;
    const Commitment by_vad =
        vad.backing() == VadBacking::Committed ? Commitment::Committed : Commitment::Reserved;
    PageView previous = view_page(machine_, space_, vad, begin);
    PageCount committed, exceptions, seams;
    for (VirtualPageNumber page = begin; page < vad.range().end;) {
      const PageView view = view_page(machine_, space_, vad, page);
      const VirtualPageNumber next = std::min(next_to_view(machine_, space_, page), vad.range().end);
      if (view.commitment == Commitment::Committed) committed += next - page;
      if (view.commitment != by_vad) exceptions += audit_member(space_.runs.exceptions(), {page, next});
      if (!alike(previous, view)) seams += audit_member(space_.runs.seams(), {page, page + PageCount{1}});
      previous = view;
      page = next;
    }
    const bool shared = begin == kSharedUserData.page();  // its one page is the system's
    expect(begin, shared || committed == vad.committed(),
           "begins a VAD that is charged another number of pages");
    exceptions_ += exceptions;
    seams_ += seams;
  }

  PageCount audit_member(const PageSet& set, PageRange pages) {
    expect(pages.begin, set.count(pages) == pages.size(), "is not in the run of pages that are like it");
    return pages.size();
  }

  // Those that the VADs' pages need are all there; so no others are when there are no more.
  void audit_runs() {
    findings_.expect(space_.runs.exceptions().size() == exceptions_ && space_.runs.seams().size() == seams_,
                     "runs of pages that are alike end where they do not");
  }

  const MachineState& machine_;
  const AddressSpace& space_;
  Tally& tally_;
  Findings& findings_;
  const Vad* vad_ = nullptr;
  PageCount valid_pages_, tables_, exceptions_, seams_;
};

}  // namespace

void audit_address_space(const MachineState& machine, const AddressSpace& space, Tally& tally,
                         Findings& findings) {
  AddressSpaceAudit(machine, space, tally, findings).run();
}

}  // namespace mm
