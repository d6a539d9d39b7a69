#include "mm/inspect/list_view.h"

#include "mm/process/machine_state.h"

namespace mm {
namespace {

void append(const PfnDatabase& pfns, const PageList& list, std::vector<PageFrameNumber>& frames) {
  for (uint32_t at = list.head(); at != PageFrame::kNone; at = pfns.next(PageFrameNumber(at)))
    frames.push_back(PageFrameNumber(at));
}

void append_standby(const PfnDatabase& pfns, std::optional<uint8_t> priority,
                    std::vector<PageFrameNumber>& frames) {
  for (uint8_t i = 0; i < kStandbyPriorities; ++i)
    if (!priority || *priority == i) append(pfns, pfns.standby(i), frames);
}

void append_by_number(const PfnDatabase& pfns, PageState state, std::vector<PageFrameNumber>& frames) {
  for (PageFrameNumber frame(0); frame.value() < pfns.size().value; ++frame)
    if (pfns[frame].state == state) frames.push_back(frame);
}

PageCount& counter_of(PageState state, ProcessFrames& frames) {
  switch (state) {
    case PageState::Standby: return frames.standby;
    case PageState::Modified:
    case PageState::ModifiedNoWrite: return frames.modified;
    case PageState::Active: return frames.active;
    case PageState::Transition:
    case PageState::Zeroed:
    case PageState::Free:
    case PageState::Bad: break;
  }
  return frames.transition;
}

ProcessFrames& frames_of_space(FrameOwners& owners, AddressSpaceId space) {
  for (ProcessFrames& frames : owners.processes)
    if (frames.space == space) return frames;
  return owners.processes.emplace_back(ProcessFrames{.space = space});
}

void count_frame(const MachineState& machine, const PageFrame& frame, FrameOwners& owners) {
  switch (frame.use) {
    case FrameUse::None: ++owners.nobody; return;
    case FrameUse::System: ++owners.system; return;
    case FrameUse::Directory:
    case FrameUse::PageTable: ++frames_of_space(owners, frame.owner).page_tables; return;
    case FrameUse::Page:
      ++counter_of(frame.state, frames_of_space(owners, machine.tables.owner_of(frame.pte)));
      return;
  }
}

}  // namespace

std::string_view to_string(PageState state) {
  switch (state) {
    case PageState::Zeroed: return "zeroed";
    case PageState::Free: return "free";
    case PageState::Standby: return "standby";
    case PageState::Modified: return "modified";
    case PageState::ModifiedNoWrite: return "modified-no-write";
    case PageState::Bad: return "bad";
    case PageState::Active: return "active";
    case PageState::Transition: return "transition";
  }
  return "unknown";
}

std::vector<PageFrameNumber> frames_of(const MachineState& machine, PageState state,
                                       std::optional<uint8_t> priority) {
  const PfnDatabase& pfns = machine.pfns;
  std::vector<PageFrameNumber> frames;
  switch (state) {
    case PageState::Zeroed: append(pfns, pfns.zeroed(), frames); break;
    case PageState::Free: append(pfns, pfns.free(), frames); break;
    case PageState::Standby: append_standby(pfns, priority, frames); break;
    case PageState::Modified: append(pfns, pfns.modified(), frames); break;
    case PageState::ModifiedNoWrite: append(pfns, pfns.modified_no_write(), frames); break;
    case PageState::Bad: append(pfns, pfns.bad(), frames); break;
    case PageState::Active:
    case PageState::Transition: append_by_number(pfns, state, frames); break;
  }
  return frames;
}

FrameOwners frame_owners(const MachineState& machine) {
  FrameOwners owners;
  for (const auto& space : machine.spaces) owners.processes.push_back({space->id(), {}, {}, {}, {}, {}});
  for (PageFrameNumber frame(0); frame.value() < machine.pfns.size().value; ++frame)
    count_frame(machine, machine.pfns[frame], owners);
  return owners;
}

}  // namespace mm
