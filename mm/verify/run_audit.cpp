#include "mm/verify/run_audit.h"

#include "mm/process/page_view.h"

namespace mm {
namespace {

class RunAudit {
 public:
  RunAudit(const MachineState& machine, const AddressSpace& space, const Vad& vad, Findings& findings)
      : machine_(machine), space_(space), vad_(vad), findings_(findings) {}

  RunTally run(PageRange pages) {
    PageView previous = view(pages.begin > vad_.range().begin ? pages.begin - PageCount{1} : pages.begin);
    for_each_view(machine_, space_, vad_, pages, [&](PageRange run, const PageView& here) {
      note(run, here, alike(previous, here));
      previous = here;
    });
    return tally_;
  }

 private:
  PageView view(VirtualPageNumber page) const { return view_page(machine_, space_, vad_, page); }

  // All of `pages` are alike, and like the page before them or not.
  void note(PageRange pages, const PageView& view, bool as_before) {
    const Commitment by_vad =
        vad_.backing() == VadBacking::Committed ? Commitment::Committed : Commitment::Reserved;
    const PageCount exceptions = view.commitment != by_vad ? pages.size() : PageCount{0};
    const PageCount seams{as_before ? 0u : 1u};
    tally_.exceptions += exceptions;
    tally_.seams += seams;
    const bool right = space_.runs.exceptions().count(pages) == exceptions &&
                       space_.runs.seams().count(pages) == seams &&
                       (as_before || space_.runs.seams().contains(pages.begin));
    findings_.expect_of_page(right, space_.id(), pages.begin, "is not in the run of pages that are like it");
  }

  const MachineState& machine_;
  const AddressSpace& space_;
  const Vad& vad_;
  Findings& findings_;
  RunTally tally_;
};

}  // namespace

RunTally audit_runs(const MachineState& machine, const AddressSpace& space, const Vad& vad, PageRange pages,
                    Findings& findings) {
  return RunAudit(machine, space, vad, findings).run(pages);
}

void audit_charge(const AddressSpace& space, const Vad& vad, Findings& findings) {
  const VirtualPageNumber begin = vad.range().begin;
  const bool shared = begin == kSharedUserData.page();  // its one page is the system's
  findings.expect_of_page(shared || space.runs.committed(vad, vad.range()) == vad.committed(), space.id(),
                          begin, "begins a VAD that is charged another number of pages");
}

}  // namespace mm
