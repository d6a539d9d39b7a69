#include "mm/verify/list_audit.h"

#include <algorithm>
#include <array>

namespace mm {
namespace {

void audit_list(const MachineState& machine, const PageList& list, PageState state, Tally& tally,
                Findings& findings) {
  PageCount met;
  uint32_t previous = PageFrame::kNone;
  for (uint32_t at = list.head(); at != PageFrame::kNone && met <= list.size();) {
    if (at >= machine.pfns.size().value) return findings.expect(false, "a page list leads outside RAM");
    const PageFrame& frame = machine.pfns[PageFrameNumber(at)];
    findings.expect_of_frame(frame.state == state, PageFrameNumber(at), "is in a list of another state");
    findings.expect_of_frame(machine.pfns.previous(PageFrameNumber(at)) == previous, PageFrameNumber(at),
                             "has a broken link");
    ++tally.lists[at];
    ++met;
    previous = at;
    at = machine.pfns.next(PageFrameNumber(at));
  }
  findings.expect(met == list.size() && list.tail() == previous, "a page list's count or tail is wrong");
}

// Of a list whose links are right.
void audit_zeroed(const MachineState& machine, Findings& findings) {
  for (uint32_t at = machine.pfns.zeroed().head(); at != PageFrame::kNone;) {
    const auto bytes = machine.ram.frame(PageFrameNumber(at));
    findings.expect_of_frame(bytes.front() == std::byte{0} && bytes.back() == std::byte{0},
                             PageFrameNumber(at), "is on the zeroed list and is not zero");
    at = machine.pfns.next(PageFrameNumber(at));
  }
}

void audit_transfers(const MachineState& machine, Tally& tally, Findings& findings) {
  machine.transfers.for_each([&](PageFrameNumber frame) {
    findings.expect_of_frame(machine.pfns[frame].state == PageState::Transition, frame,
                             "is under way and in another state");
    ++tally.lists[frame.value()];
  });
}

void audit_counts(const MachineState& machine, Findings& findings) {
  std::array<PageCount, kPageStates> counts{};
  std::array<PageCount, kFrameUses> uses{};
  for (PageFrameNumber frame(0); frame.value() < machine.pfns.size().value; ++frame) {
    ++counts[static_cast<size_t>(machine.pfns[frame].state)];
    ++uses[static_cast<size_t>(machine.pfns[frame].use)];
  }
  for (size_t state = 0; state < counts.size(); ++state) {
    findings.expect(counts[state] == machine.pfns.count(static_cast<PageState>(state)),
                    "the PFN database's counts are not what it holds");
  }
  for (size_t use = 0; use < uses.size(); ++use) {
    findings.expect(uses[use] == machine.pfns.count(static_cast<FrameUse>(use)),
                    "the PFN database counts other uses than its frames have");
  }
}

}  // namespace

void audit_lists(const MachineState& machine, Tally& tally, Findings& findings) {
  audit_list(machine, machine.pfns.zeroed(), PageState::Zeroed, tally, findings);
  audit_list(machine, machine.pfns.free(), PageState::Free, tally, findings);
  audit_list(machine, machine.pfns.modified(), PageState::Modified, tally, findings);
  audit_list(machine, machine.pfns.modified_no_write(), PageState::ModifiedNoWrite, tally, findings);
  audit_list(machine, machine.pfns.bad(), PageState::Bad, tally, findings);
  for (uint8_t priority = 0; priority < kStandbyPriorities; ++priority) {
    audit_list(machine, machine.pfns.standby(priority), PageState::Standby, tally, findings);
  }
  audit_transfers(machine, tally, findings);
  if (!findings.first()) audit_zeroed(machine, findings);
  audit_counts(machine, findings);
}

}  // namespace mm
