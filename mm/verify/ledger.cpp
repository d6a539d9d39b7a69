#include "mm/verify/ledger.h"

#include <utility>

#include "mm/verify/frame_audit.h"

namespace mm {

using x86::Pte;
using x86::PteKind;

Ledger::Ledger(const MachineState& machine) : machine_(&machine), lines_(machine.pfns.size().value) {
  for (uint32_t frame = 0; frame < lines_.size(); ++frame) {
    lines_[frame] = read(PageFrameNumber(frame));
    count(lines_[frame], Sign::Add);
    renew_entries(PageFrameNumber(frame));
  }
}

void Ledger::renew(PageFrameNumber frame) {
  Line& line = lines_[frame.value()];
  count(line, Sign::Subtract);
  line = read(frame);
  count(line, Sign::Add);
  renew_entries(frame);
}

Ledger::Line Ledger::read(PageFrameNumber number) const {
  const PageFrame& frame = machine_->pfns[number];
  Line line{.state = frame.state, .use = frame.use, .priority = frame.priority};
  if (frame.use != FrameUse::Page) return line;
  if (x86::decode(frame.original) == PteKind::PagingFile) line.slot = frame.original.slot().slot;
  if (frame.state != PageState::Active) return line;
  const AddressSpace* owner = owner_of(*machine_, number);
  line.working_set = owner != nullptr ? owner->id() : kNoAddressSpace;
  return line;
}

void Ledger::count(const Line& line, Sign sign) {
  const auto add_one = [sign](PageCount& sum) { sign == Sign::Add ? ++sum : --sum; };
  add_one(states_[static_cast<size_t>(line.state)]);
  add_one(uses_[static_cast<size_t>(line.use)]);
  if (line.state == PageState::Standby) add_one(standby_[line.priority % kStandbyPriorities]);
  if (line.slot != 0) count_slot(line.slot, sign);
  if (line.working_set == kNoAddressSpace) return;
  PageCount& pages = working_sets_[line.working_set];
  add_one(pages);
  if (pages == PageCount{0}) working_sets_.erase(line.working_set);
}

void Ledger::renew_entries(PageFrameNumber frame) {
  const auto known = tables_.find(frame.value());
  const bool is_table = lines_[frame.value()].use == FrameUse::PageTable;
  if (!is_table && known == tables_.end()) return;
  const x86::PagingMode mode = machine_->tables.mode();
  Entries now(x86::entries_per_table(mode));
  for (uint32_t i = 0; is_table && i < now.size(); ++i)
    now[i] = machine_->tables.read(x86::entry_address(mode, frame, i));
  Entries& entries = known != tables_.end() ? known->second : tables_[frame.value()];
  entries.resize(now.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i] == now[i]) continue;
    count(entries[i], Sign::Subtract);
    count(now[i], Sign::Add);
  }
  is_table ? void(entries = std::move(now)) : void(tables_.erase(frame.value()));
}

void Ledger::count(Pte entry, Sign sign) {
  const PteKind kind = x86::decode(entry);
  if (kind == PteKind::PagingFile) count_slot(entry.slot().slot, sign);
  if (kind == PteKind::Valid && entry.held_back()) sign == Sign::Add ? ++held_back_ : --held_back_;
}

void Ledger::count_slot(uint32_t slot, Sign sign) {
  if (slot >= names_.size()) names_.resize(slot + 1);
  const bool shared = names_[slot] > 1;
  if (sign == Sign::Add) {
    ++names_[slot];
    ++slots_named_;
  } else {
    --names_[slot];
    --slots_named_;
  }
  if (shared != (names_[slot] > 1)) shared ? --slots_shared_ : ++slots_shared_;
}

void Ledger::compare(Findings& findings) const {
  compare_states(findings);
  compare_lists(findings);
  findings.expect(slots_named_ == machine_->pagefile.statistics().used && slots_shared_ == PageCount{0},
                  "the slots that entries and frames name are not the slots in use");
  findings.expect(held_back_ == machine_->tables.held_back(),
                  "another number of entries is held back than is counted");
}

void Ledger::compare_states(Findings& findings) const {
  for (size_t state = 0; state < states_.size(); ++state) {
    findings.expect(states_[state] == machine_->pfns.count(static_cast<PageState>(state)),
                    "the PFN database's counts are not what it holds");
  }
  for (size_t use = 0; use < uses_.size(); ++use) {
    findings.expect(uses_[use] == machine_->pfns.count(static_cast<FrameUse>(use)),
                    "the PFN database counts other uses than its frames have");
  }
}

void Ledger::compare_lists(Findings& findings) const {
  const auto in_state = [&](PageState state) { return states_[static_cast<size_t>(state)]; };
  compare_list(machine_->pfns.zeroed(), in_state(PageState::Zeroed), findings);
  compare_list(machine_->pfns.free(), in_state(PageState::Free), findings);
  compare_list(machine_->pfns.modified(), in_state(PageState::Modified), findings);
  compare_list(machine_->pfns.modified_no_write(), in_state(PageState::ModifiedNoWrite), findings);
  compare_list(machine_->pfns.bad(), in_state(PageState::Bad), findings);
  for (uint8_t priority = 0; priority < kStandbyPriorities; ++priority)
    compare_list(machine_->pfns.standby(priority), standby_[priority], findings);
  for (const auto& space : machine_->spaces) {
    const auto found = working_sets_.find(space->id());
    findings.expect(
        space->working_set.size() == (found != working_sets_.end() ? found->second : PageCount{0}),
        "a working set's count is wrong");
  }
}

void Ledger::compare_list(const PageList& list, PageCount expected, Findings& findings) const {
  const auto is_end = [&](uint32_t frame, PfnDatabase::Link beyond) {
    if (list.empty() || frame >= machine_->pfns.size().value)
      return list.empty() && frame == PageFrame::kNone;
    return (machine_->pfns.*beyond)(PageFrameNumber(frame)) == PageFrame::kNone;
  };
  findings.expect(list.size() == expected && is_end(list.head(), &PfnDatabase::previous) &&
                      is_end(list.tail(), &PfnDatabase::next),
                  "a page list's count, head or tail is wrong");
}

}  // namespace mm
