#include "mm/verify/step_audit.h"

#include <algorithm>
#include <map>
#include <set>

#include "mm/process/pte_cursor.h"
#include "mm/verify/address_space_audit.h"
#include "mm/verify/entry_audit.h"
#include "mm/verify/frame_audit.h"
#include "mm/verify/run_audit.h"
#include "mm/verify/verify.h"

namespace mm {
namespace {

constexpr PageCount kOne{1};
constexpr VirtualPageNumber kUserEnd = kHighestUserAddress.page() + kOne;

template <class Item>
void sort_out(std::vector<Item>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

// What was written of one address space.
struct SpaceFootprint {
  std::set<VirtualPageNumber> directory_entries;         // the first page of each table that one names
  std::map<VirtualPageNumber, VirtualPageNumber> pages;  // begin to end, of ranges that may overlap

  void add(PageRange range) {
    VirtualPageNumber& end = pages[range.begin];
    end = std::max(end, range.end);
  }
};

class SpaceAudit {
 public:
  SpaceAudit(const MachineState& machine, const AddressSpace& space, Findings& findings)
      : machine_(machine), space_(space), findings_(findings), entries_(machine, space, findings) {}

  void run(const SpaceFootprint& footprint) {
    audit_accounts(machine_, space_, findings_);
    for (const VirtualPageNumber first : footprint.directory_entries) audit_directory_entry(first);
    if (findings_.first()) return;  // only entries that are right so far can be read as pages
    VirtualPageNumber done(0);
    for (const auto& [begin, end] : footprint.pages) {
      // The page behind a run says whether it ends there.
      const PageRange range{std::max(begin, done), std::min(end + kOne, kUserEnd)};
      if (!range.empty()) audit_pages(range);
      done = std::max(done, range.end);
    }
  }

 private:
  void audit_directory_entry(VirtualPageNumber first) {
    if (first >= kSystemBase.page()) return entries_.system_entry(first);
    const auto table = entries_.directory_entry(first);
    if (table) audit_entries(*table, x86::pages_of_table(machine_.tables.mode(), first));
  }

  void audit_pages(PageRange range) {
    for (PteCursor cursor = entries_of(machine_, space_, range); !cursor.done(); cursor.next_table()) {
      const auto table = entries_.directory_entry(cursor.page());
      if (table) audit_entries(*table, cursor.part());
    }
    if (findings_.first()) return;
    for (VirtualPageNumber page = range.begin; page < range.end;) {
      const Vad* vad = space_.vads.at_or_after(page);
      const VirtualPageNumber begin = vad != nullptr ? std::min(vad->range().begin, range.end) : range.end;
      if (page < begin) audit_gap({page, begin});
      page = std::max(page, begin);
      if (page == range.end) return;
      const PageRange part{page, std::min(vad->range().end, range.end)};
      audit_runs(machine_, space_, *vad, part, findings_);
      audit_charge(space_, *vad, findings_);
      page = part.end;
    }
  }

  void audit_entries(PageFrameNumber table, PageRange pages) {
    for (VirtualPageNumber page = pages.begin; page < pages.end; ++page) entries_.page_entry(table, page);
  }

  void audit_gap(PageRange gap) {
    findings_.expect_of_page(
        space_.runs.exceptions().count(gap) + space_.runs.seams().count(gap) == PageCount{0}, space_.id(),
        gap.begin, "is in a run of pages and in no VAD");
  }

  const MachineState& machine_;
  const AddressSpace& space_;
  Findings& findings_;
  EntryAudit entries_;
};

class WrittenAudit {
 public:
  WrittenAudit(const MachineState& machine, Ledger& ledger, Findings& findings)
      : machine_(machine), ledger_(ledger), findings_(findings) {}

  void run(const Footprint& written) {
    frames_.assign(written.frames().begin(), written.frames().end());
    for (const PhysicalAddress at : written.entries()) note_entry(at);
    for (const Footprint::Pages& pages : written.pages()) spaces_[pages.space].add(pages.range);
    sort_out(frames_);
    for (const PageFrameNumber frame : frames_) look_at(frame);
    for (const auto& space : machine_.spaces) {
      const auto found = spaces_.find(space->id());
      if (found != spaces_.end()) SpaceAudit(machine_, *space, findings_).run(found->second);
    }
  }

 private:
  // What was a page table and is none any more, has no entries: only its frame is looked at.
  void note_entry(PhysicalAddress at) {
    const AddressSpace* space = owner_of(machine_, at.frame());
    if (space == nullptr) return;
    frames_.push_back(at.frame());
    if (machine_.pfns[at.frame()].use == FrameUse::Directory) {
      spaces_[space->id()].directory_entries.insert(machine_.tables.first_page_of(at));
    } else if (machine_.pfns[at.frame()].use == FrameUse::PageTable) {
      note_page(*space, at);
    }
  }

  void look_at(PageFrameNumber frame) {
    ledger_.renew(frame);
    audit_frame(machine_, frame, findings_);
    const AddressSpace* space = owner_of(machine_, frame);
    if (space == nullptr) return;
    if (machine_.pfns[frame].use == FrameUse::Page) {
      note_page(*space, machine_.pfns[frame].pte);
    } else {
      spaces_[space->id()];
    }
  }

  void note_page(const AddressSpace& space, PhysicalAddress at) {
    const VirtualPageNumber page = machine_.tables.page_of(at);
    spaces_[space.id()].add({page, page + kOne});
  }

  const MachineState& machine_;
  Ledger& ledger_;
  Findings& findings_;
  std::vector<PageFrameNumber> frames_;
  std::map<AddressSpaceId, SpaceFootprint> spaces_;
};

}  // namespace

StepAudit::StepAudit(MachineState& machine) : machine_(machine), ledger_(machine) {
  machine.footprint.keep();
}

std::optional<std::string> StepAudit::find_disagreement() {
  const bool everything = ++steps_ == kStepsBetween || machine_.footprint.overflowed();
  return everything ? look_at_everything() : look_at_what_was_written();
}

std::optional<std::string> StepAudit::look_at_everything() {
  steps_ = 0;
  machine_.footprint.clear();
  auto found = mm::find_disagreement(machine_);
  if (!found) ledger_ = Ledger(machine_);
  return found;
}

std::optional<std::string> StepAudit::look_at_what_was_written() {
  Findings findings;
  WrittenAudit(machine_, ledger_, findings).run(machine_.footprint);
  machine_.footprint.clear();
  ledger_.compare(findings);
  audit_commit(machine_, findings);
  return findings.first();
}

}  // namespace mm
