#include "mm/verify/verify.h"

#include "mm/verify/address_space_audit.h"
#include "mm/verify/list_audit.h"
#include "mm/verify/tally.h"

namespace mm {
void audit_commit(const MachineState& machine, Findings& findings) {
  PageCount charged = machine.system_charge.pages() + machine.pool->pages();
  for (const auto& space : machine.spaces) {
    charged += space->private_commit() + space->table_charge.pages();
  }
  findings.expect(charged == machine.commit.charged(), "the charges do not add up to the commit charge");
  findings.expect(machine.commit.charged() <= machine.commit.limit(), "more is charged than the limit");
}

namespace {

// Every frame that is in use has been met exactly once by walking what uses it.
void audit_frames(const MachineState& machine, const Tally& tally, Findings& findings) {
  for (PageFrameNumber frame(0); frame.value() < machine.pfns.size().value; ++frame) {
    const PageFrame& entry = machine.pfns[frame];
    const bool found_by_entry = entry.use == FrameUse::Page || entry.use == FrameUse::PageTable;
    findings.expect_of_frame(tally.entries[frame.value()] == (found_by_entry ? 1 : 0), frame,
                             "is not found by exactly the one entry that it should be");
    const bool filled = entry.state == PageState::Active || entry.state == PageState::Transition;
    const bool listed = !filled || entry.use == FrameUse::Page || machine.transfers.carries(frame);
    findings.expect_of_frame(tally.lists[frame.value()] == (listed ? 1 : 0), frame,
                             "is not in exactly the one list that it should be");
  }
}

void audit_slots(const MachineState& machine, const Tally& tally, Findings& findings) {
  findings.expect(tally.slots_met == machine.pagefile.statistics().used,
                  "the slots that entries and frames name are not the slots in use");
}

}  // namespace

std::optional<std::string> find_disagreement(const MachineState& machine) {
  Findings findings;
  Tally tally(machine);
  audit_lists(machine, tally, findings);
  for (const auto& space : machine.spaces) audit_address_space(machine, *space, tally, findings);
  audit_frames(machine, tally, findings);
  audit_slots(machine, tally, findings);
  findings.expect(tally.held_back == machine.tables.held_back(),
                  "another number of entries is held back than is counted");
  audit_commit(machine, findings);
  return findings.first();
}

}  // namespace mm
