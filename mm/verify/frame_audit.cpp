#include "mm/verify/frame_audit.h"

namespace mm {
namespace {

using x86::Pte;
using x86::PteKind;

const AddressSpace* owner_of_table(const MachineState& machine, PageFrameNumber frame) {
  if (!machine.ram.contains(frame) || machine.pfns[frame].use != FrameUse::PageTable) return nullptr;
  return machine.find_space(machine.pfns[frame].owner);
}

class FrameAudit {
 public:
  FrameAudit(const MachineState& machine, PageFrameNumber number, Findings& findings)
      : machine_(machine), number_(number), frame_(machine.pfns[number]), findings_(findings) {}

  void run() {
    if (const PageList* list = list_of_frame()) {
      audit_link(machine_.pfns.previous(number_), list->head(), &PfnDatabase::next);
      audit_link(machine_.pfns.next(number_), list->tail(), &PfnDatabase::previous);
    }
    if (frame_.use == FrameUse::Page && frame_.state == PageState::Active) audit_working_set();
    if (frame_.use == FrameUse::Page || frame_.use == FrameUse::PageTable) audit_finder();
    if (frame_.state == PageState::Transition && frame_.use == FrameUse::Page)
      expect(machine_.transfers.carries(number_), "is in transition and not under way");
    if (frame_.use == FrameUse::PageTable) audit_used_entries();
    if (frame_.state == PageState::Zeroed) audit_zeroed();
  }

 private:
  void expect(bool agrees, const char* otherwise) { findings_.expect_of_frame(agrees, number_, otherwise); }

  // The page list that a frame in this state is in: null for none.
  const PageList* list_of_frame() const {
    const PfnDatabase& pfns = machine_.pfns;
    switch (frame_.state) {
      case PageState::Zeroed: return &pfns.zeroed();
      case PageState::Free: return &pfns.free();
      case PageState::Standby: return &pfns.standby(frame_.priority % kStandbyPriorities);
      case PageState::Modified: return &pfns.modified();
      case PageState::ModifiedNoWrite: return &pfns.modified_no_write();
      case PageState::Bad: return &pfns.bad();
      case PageState::Active:
      case PageState::Transition: break;
    }
    return nullptr;
  }

  // The working set of the process that the page belongs to knows it, where the frame says.
  void audit_working_set() {
    const AddressSpace* space = owner_of(machine_, number_);
    if (space == nullptr) return expect(false, "is in no process's working set");
    const WorkingSet& set = space->working_set;
    expect(frame_.working_set_index < set.end() &&
               set[frame_.working_set_index].page() == machine_.tables.page_of(frame_.pte),
           "is not in its working set where it says");
    expect(frame_.share_count == 1, "is a private page that is shared");
  }

  // The neighbour on one side knows the frame as its neighbour, or the frame is that end of the list.
  void audit_link(uint32_t neighbour, uint32_t end, PfnDatabase::Link back) {
    if (neighbour == PageFrame::kNone) return expect(end == number_.value(), "has a broken link");
    if (neighbour >= machine_.pfns.size().value) return expect(false, "has a link that leads outside RAM");
    const PageFrame& other = machine_.pfns[PageFrameNumber(neighbour)];
    expect((machine_.pfns.*back)(PageFrameNumber(neighbour)) == number_.value(), "has a broken link");
    expect(other.state == frame_.state, "is in a list of another state");
  }

  void audit_finder() {
    const bool table = frame_.use == FrameUse::PageTable;
    const PageFrameNumber holder = frame_.pte.frame();
    if (!machine_.ram.contains(holder)) return expect(false, "is found by an entry outside RAM");
    const FrameUse held_by = machine_.pfns[holder].use;
    expect(held_by == (table ? FrameUse::Directory : FrameUse::PageTable),
           "is found by what is no page table");
    const Pte finder = machine_.tables.read(frame_.pte);
    const bool cached = !table && frame_.state != PageState::Active;
    const PteKind kind = cached ? PteKind::Transition : PteKind::Valid;
    expect(x86::decode(finder) == kind && finder.frame() == number_,
           "is not found by exactly the one entry that it should be");
  }

  void audit_used_entries() {
    const x86::PagingMode mode = machine_.tables.mode();
    uint32_t used = 0;
    for (uint32_t i = 0; i < x86::entries_per_table(mode); ++i)
      used += machine_.tables.read(x86::entry_address(mode, number_, i)) != Pte{} ? 1 : 0;
    expect(used == frame_.used_entries, "is a page table whose used entries are miscounted");
  }

  void audit_zeroed() {
    const auto bytes = machine_.ram.frame(number_);
    expect(bytes.front() == std::byte{0} && bytes.back() == std::byte{0},
           "is on the zeroed list and is not zero");
  }

  const MachineState& machine_;
  const PageFrameNumber number_;
  const PageFrame& frame_;
  Findings& findings_;
};

}  // namespace

const AddressSpace* owner_of(const MachineState& machine, PageFrameNumber frame) {
  switch (machine.pfns[frame].use) {
    case FrameUse::Page: return owner_of_table(machine, machine.pfns[frame].pte.frame());
    case FrameUse::PageTable:
    case FrameUse::Directory: return machine.find_space(machine.pfns[frame].owner);
    case FrameUse::None:
    case FrameUse::System: break;
  }
  return nullptr;
}

void audit_frame(const MachineState& machine, PageFrameNumber frame, Findings& findings) {
  FrameAudit(machine, frame, findings).run();
}

}  // namespace mm
