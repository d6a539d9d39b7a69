#include "mm/inspect/fault_recorder.h"

#include "mm/process/page_view.h"

namespace mm {
namespace {

FaultCounters counters_of(const MachineState& machine, const AddressSpace& space) {
  const PfnDatabase& pfns = machine.pfns;
  return {.zeroed = pfns.count(PageState::Zeroed),
          .free = pfns.count(PageState::Free),
          .standby = pfns.count(PageState::Standby),
          .modified = pfns.count(PageState::Modified),
          .active = pfns.count(PageState::Active),
          .transition = pfns.count(PageState::Transition),
          .commit_charge = machine.commit.charged(),
          .slots_used = machine.pagefile.statistics().used,
          .working_set = space.working_set.size()};
}

// What the VAD says of the page, as the dispatcher will read it.
void note_vad(const MachineState& machine, const AddressSpace& space, FaultStory& story) {
  const VirtualPageNumber page = story.who.fault.address.page();
  const Vad* vad = space.vads.find(page);
  story.vad.reset();
  story.protection = {};
  if (vad == nullptr) return;
  story.vad = VadRule{vad->range(), vad->protection(), vad->type(), vad->backing()};
  story.protection = view_page(machine, space, *vad, page).protection;
}

}  // namespace

void FaultRecorder::begin(const MachineState& machine, const AddressSpace& space, const FaultIdentity& who) {
  machine_ = &machine;
  space_ = &space;
  FaultStory& now = story(++count_);
  now.sequence = count_;
  now.state = FaultStory::State::Underway;
  now.who = who;
  now.space = space.id();
  now.walk = x86::walk(machine.ram, space.root(), who.fault.address);
  note_vad(machine, space, now);
  now.before = counters_of(machine, space);
  now.event_count = now.events_lost = 0;
  now.trimmed = now.slots_written = {};
  now.outcome = {};
}

void FaultRecorder::on_event(const Event& event) {
  if (machine_ == nullptr) return;
  FaultStory& now = story(count_);
  switch (event.kind) {
    case Event::Kind::PageTrimmed: count_trim(now, event); return;
    case Event::Kind::SlotWritten: ++now.slots_written; return;
    default: add(now, event); return;
  }
}

void FaultRecorder::end(const FaultOutcome& outcome, uint64_t time) {
  if (machine_ == nullptr) return;
  FaultStory& now = story(count_);
  now.after = counters_of(*machine_, *space_);
  now.outcome = outcome;
  now.end_time = time;
  now.state = FaultStory::State::Ended;
  machine_ = nullptr;
}

void FaultRecorder::locate(VirtualAddress byte) {
  FaultIdentity& who = story(count_).who;
  if (count_ == 0 || who.fault.address.page() != byte.page()) return;
  who.fault.address = byte;
  who.located = FaultIdentity::Located::Byte;
}

const FaultStory* FaultRecorder::find(uint64_t sequence) const {
  if (sequence == 0 || sequence > count_ || count_ - sequence >= kKept) return nullptr;
  return &ring_[sequence % kKept];
}

std::vector<const FaultStory*> FaultRecorder::in_range(AddressSpaceId space, PageRange range,
                                                       size_t limit) const {
  std::vector<const FaultStory*> found;
  for (uint64_t sequence = count_; found.size() < limit; --sequence) {
    const FaultStory* candidate = find(sequence);
    if (candidate == nullptr) break;
    if (candidate->space == space && range.contains(candidate->who.fault.address.page()))
      found.push_back(candidate);
  }
  return found;
}

void FaultRecorder::add(FaultStory& story, const Event& event) {
  if (story.event_count == FaultStory::kMaximumEvents) {
    ++story.events_lost;
    return;
  }
  story.events[story.event_count++] = event;
}

// A trimmed page's entry is written first: that is part of the trimming, which is only counted.
void FaultRecorder::count_trim(FaultStory& story, const Event& event) {
  ++story.trimmed;
  if (story.events_lost > 0) {
    --story.events_lost;
    return;
  }
  if (story.event_count == 0) return;
  const Event& last = story.events[story.event_count - 1];
  if (last.kind == Event::Kind::PteWritten && last.address == event.address) --story.event_count;
}

}  // namespace mm
