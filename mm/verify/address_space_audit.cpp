#include "mm/verify/address_space_audit.h"

#include <array>

#include "mm/process/page_view.h"
#include "mm/verify/entry_audit.h"
#include "mm/verify/run_audit.h"

namespace mm {
namespace {

class AccountsAudit {
 public:
  AccountsAudit(const MachineState& machine, const AddressSpace& space, Findings& findings)
      : machine_(machine), space_(space), findings_(findings) {}

  void run() {
    const PageFrame& directory = machine_.pfns[space_.directory()];
    expect(VirtualPageNumber(0),
           directory.use == FrameUse::Directory && directory.used_entries == space_.number(),
           "has a directory that is not its own");
    audit_vads();
    audit_tables(directory);
  }

 private:
  void expect(VirtualPageNumber page, bool agrees, const char* otherwise) {
    findings_.expect_of_page(agrees, space_.number(), page, otherwise);
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
    const std::array<uint32_t, x86::kFirstSystemPde> users = table_users();
    PageCount needed{1};  // the directory
    PageCount tables;
    for (uint32_t index = 0; index < users.size(); ++index) {
      const VirtualPageNumber first = x86::first_page_of_table(index);
      const bool exists = machine_.tables.read_pde(space_.directory(), first).valid();
      if (exists) ++tables;
      if (users[index] > 0 || exists) ++needed;
      expect(first, space_.table_users[index] == users[index], "has a page table whose VADs are miscounted");
    }
    findings_.expect(space_.table_charge.pages() == needed, "the page tables' charge is not what they need");
    findings_.expect(tables == PageCount{directory.tables}, "a process has another number of page tables");
  }

  std::array<uint32_t, x86::kFirstSystemPde> table_users() const {
    std::array<uint32_t, x86::kFirstSystemPde> users{};
    space_.vads.for_each([&](const Vad& vad) {
      if (vad.backing() != VadBacking::Committed) return;
      for (VirtualPageNumber page = vad.range().begin; page < vad.range().end; page = next_table(page)) {
        if (x86::pde_index(page) < users.size()) ++users[x86::pde_index(page)];
      }
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
    for (uint32_t index = 0; index < x86::kFirstSystemPde; ++index) audit_table(index);
    for (uint32_t index = x86::kFirstSystemPde; index < x86::kEntriesPerTable; ++index)
      entries_.system_entry(index);
    audit_working_set();
    // Only entries that are right so far can be read as pages.
    if (!findings_.first()) audit_pages();
  }

 private:
  void expect(VirtualPageNumber page, bool agrees, const char* otherwise) {
    findings_.expect_of_page(agrees, space_.number(), page, otherwise);
  }

  void audit_working_set() {
    findings_.expect(valid_pages_ == space_.working_set.size(), "a working set is not the valid pages");
    if (findings_.first()) return;
    for (uint32_t at = space_.working_set.head(); at != PageFrame::kNone;) {
      const PageFrame& frame = machine_.pfns[PageFrameNumber(at)];
      findings_.expect_of_frame(machine_.tables.directory_of(frame.pte) == space_.directory(),
                                PageFrameNumber(at), "is in a working set that is not its own");
      at = machine_.pfns.next(PageFrameNumber(at));
    }
  }

  void audit_table(uint32_t index) {
    const auto table = entries_.directory_entry(index);
    if (!table) return;
    ++tally_.entries[table->value()];
    const VirtualPageNumber first = x86::first_page_of_table(index);
    uint32_t used = 0;
    for (uint32_t i = 0; i < x86::kEntriesPerTable; ++i)
      used += meet(entries_.page_entry(*table, first + PageCount{i}), first + PageCount{i});
    expect(first, used == machine_.pfns[*table].used_entries,
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
