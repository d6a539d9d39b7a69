#include "mm/verify/address_space_audit.h"

#include <algorithm>

#include "mm/process/pte_cursor.h"
#include "mm/verify/entry_audit.h"
#include "mm/verify/run_audit.h"

namespace mm {
namespace {

class AccountsAudit {
 public:
  AccountsAudit(const MachineState& machine, const AddressSpace& space, Findings& findings)
      : machine_(machine), space_(space), findings_(findings) {}

  void run() {
    const PageFrame& directory = machine_.pfns[space_.root().frame()];
    expect(VirtualPageNumber(0), directory.use == FrameUse::Directory && directory.owner == space_.id(),
           "has a directory that is not its own");
    audit_vads();
    audit_tables(directory);
  }

 private:
  void expect(VirtualPageNumber page, bool agrees, const char* otherwise) {
    findings_.expect_of_page(agrees, space_.id(), page, otherwise);
  }

  void audit_vads() {
    VirtualPageNumber end = kLowestUserAddress.page();
    PageCount pages, committed;
    space_.vads.for_each([&](const Vad& vad) {
      expect(vad.range().begin, vad.range().begin >= end && !vad.range().empty(),
             "begins a VAD that overlaps another");
      end = vad.range().end;
      pages += vad.range().size();
      committed += vad.committed();
    });
    findings_.expect(pages == space_.vads.pages(), "the VADs have another size than the tree says");
    findings_.expect(committed == space_.private_commit(),
                     "the VADs' charges are not the process's private commit");
    expect(end, end <= kHighestUserAddress.page() + PageCount{1}, "ends a VAD outside user space");
  }

  void audit_tables(const PageFrame& directory) {
    const TableUsers users = table_users();
    PageCount needed{1};  // the directory
    PageCount tables;
    for (PteCursor cursor = entries_of(machine_, space_, kUserHalf); !cursor.done(); cursor.next_table()) {
      const VirtualPageNumber first = cursor.page();
      // What is in no state that there is today, EntryAudit tells of.
      const bool exists = cursor.table() != TableState::Absent;
      if (exists) ++tables;
      if (users[first] > 0 || exists) ++needed;
      expect(first, space_.table_users[first] == users[first], "has a page table whose VADs are miscounted");
    }
    findings_.expect(space_.table_charge.pages() == needed, "the page tables' charge is not what they need");
    findings_.expect(tables == PageCount{directory.used_entries},
                     "a process has another number of page tables");
  }

  TableUsers table_users() const {
    TableUsers users(machine_.tables.mode());
    space_.vads.for_each([&](const Vad& vad) {
      const PageRange inside{vad.range().begin, std::min(vad.range().end, kUserHalf.end)};
      if (vad.backing() == VadBacking::Committed) users.add(inside);
    });
    return users;
  }

  const MachineState& machine_;
  const AddressSpace& space_;
  Findings& findings_;
};

class AddressSpaceAudit {
 public:
  AddressSpaceAudit(const MachineState& machine, const AddressSpace& space, Tally& tally, Findings& findings)
      : machine_(machine),
        space_(space),
        tally_(tally),
        findings_(findings),
        entries_(machine, space, findings) {}

  void run() {
    audit_accounts(machine_, space_, findings_);
    for (PteCursor cursor = entries_of(machine_, space_, kUserHalf); !cursor.done(); cursor.next_table())
      audit_table(cursor.part());
    for (PteCursor cursor = PteCursor::of_system_half(machine_.tables); !cursor.done(); cursor.next_table())
      entries_.system_entry(cursor.page());
    // Only entries that are right so far can be read as pages.
    if (!findings_.first()) audit_working_set();
    if (!findings_.first()) audit_pages();
  }

 private:
  void expect(VirtualPageNumber page, bool agrees, const char* otherwise) {
    findings_.expect_of_page(agrees, space_.id(), page, otherwise);
  }

  // Every entry names a valid page of the address space, whose frame names the entry.
  void audit_working_set() {
    const WorkingSet& set = space_.working_set;
    PageCount met;
    for (WorkingSet::Index index = 0; index < set.end(); ++index) {
      if (set[index].hole()) continue;
      ++met;
      audit_working_set_page(set[index].page(), index);
    }
    findings_.expect(met == set.size() && met == valid_pages_, "a working set is not the valid pages");
  }

  void audit_working_set_page(VirtualPageNumber page, WorkingSet::Index index) {
    const auto at = machine_.tables.find(space_.root(), page).if_resident();
    const x86::Pte pte = at ? machine_.tables.read(*at) : x86::Pte{};
    const bool valid = pte.valid() && machine_.ram.contains(pte.frame());
    expect(page, valid, "is in a working set and not valid");
    if (!valid) return;
    const PageFrame& frame = machine_.pfns[pte.frame()];
    findings_.expect_of_frame(frame.state == PageState::Active && frame.use == FrameUse::Page, pte.frame(),
                              "is in a working set and not active");
    expect(page, frame.working_set_index == index,
           "is in a working set twice, or where its frame does not say");
    ++tally_.lists[pte.frame().value()];
  }

  // `pages` are all that it maps.
  void audit_table(PageRange pages) {
    const auto table = entries_.directory_entry(pages.begin);
    if (!table) return;
    ++tally_.entries[table->value()];
    uint32_t used = 0;
    for (VirtualPageNumber page = pages.begin; page < pages.end; ++page)
      used += meet(entries_.page_entry(*table, page), page);
    expect(pages.begin, used == machine_.pfns[*table].used_entries,
           "has a page table whose used entries are miscounted");
  }

  // 1 when the entry is used.
  uint32_t meet(const Named& named, VirtualPageNumber page) {
    if (named.frame) ++tally_.entries[named.frame->value()];
    if (named.slot) meet_slot(*named.slot, page);
    if (named.valid) ++valid_pages_;
    if (named.held_back) ++tally_.held_back;
    return named.used ? 1 : 0;
  }

  void meet_slot(x86::PagingFileSlot slot, VirtualPageNumber page) {
    if (slot.slot >= tally_.slots.size()) return;
    expect(page, !tally_.slots[slot.slot], "shares its slot with another page");
    tally_.slots[slot.slot] = true;
    ++tally_.slots_met;
  }

  // The seams and exceptions that the VADs' pages need are all there; so no others are when there are no
  // more.
  void audit_pages() {
    RunTally all;
    space_.vads.for_each([&](const Vad& vad) {
      const RunTally tally = audit_runs(machine_, space_, vad, vad.range(), findings_);
      audit_charge(space_, vad, findings_);
      all.exceptions += tally.exceptions;
      all.seams += tally.seams;
    });
    findings_.expect(
        space_.runs.exceptions().size() == all.exceptions && space_.runs.seams().size() == all.seams,
        "runs of pages that are alike end where they do not");
  }

  const MachineState& machine_;
  const AddressSpace& space_;
  Tally& tally_;
  Findings& findings_;
  EntryAudit entries_;
  PageCount valid_pages_;
};

}  // namespace

void audit_address_space(const MachineState& machine, const AddressSpace& space, Tally& tally,
                         Findings& findings) {
  AddressSpaceAudit(machine, space, tally, findings).run();
}

void audit_accounts(const MachineState& machine, const AddressSpace& space, Findings& findings) {
  AccountsAudit(machine, space, findings).run();
}

}  // namespace mm
