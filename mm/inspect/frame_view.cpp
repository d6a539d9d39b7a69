#include "mm/inspect/frame_view.h"

#include <algorithm>

#include "mm/inspect/entries.h"

namespace mm {
namespace {

using x86::Pte;

std::optional<PageFrameNumber> link(uint32_t number) {
  if (number == PageFrame::kNone) return std::nullopt;
  return PageFrameNumber(number);
}

// The page that `frame` holds of the system half, and its entry.
void find_system_page(const MachineState& machine, FrameView& view) {
  for_each_used_entry(PteCursor::of_system_half(machine.tables),
                      [&](VirtualPageNumber page, PhysicalAddress at, Pte pte) {
                        if (!pte.valid() || pte.frame() != view.number) return;
                        view.page = page;
                        view.pte_at = at;
                      });
}

// The first page that `table` maps, where it is one of the system half.
std::optional<VirtualPageNumber> first_system_page_of(const MachineState& machine, PageFrameNumber table) {
  for (PteCursor cursor = PteCursor::of_system_half(machine.tables); !cursor.done(); cursor.next_table())
    if (cursor.table() == TableState::Resident && cursor.pde().frame() == table) return cursor.page();
  return std::nullopt;
}

void find_system_role(const MachineState& machine, FrameView& view) {
  if (view.number == machine.shared_user_data) {
    view.role = FrameRole::SharedUserData;
    view.page = kSharedUserData.page();
    view.share_count = static_cast<uint32_t>(machine.spaces.size());
    return;
  }
  view.role = FrameRole::SystemPage;
  view.share_count = 1;
  find_system_page(machine, view);
  const auto first = first_system_page_of(machine, view.number);
  if (!first) return;
  view.role = FrameRole::SystemPageTable;
  view.page = first;
  view.maps = x86::pages_of_table(machine.tables.mode(), *first);
  view.share_count = static_cast<uint32_t>(machine.spaces.size());
}

// The neighbour of entry `index` in its working set, one way or the other.
std::optional<PageFrameNumber> neighbour(const MachineState& machine, const AddressSpace& space,
                                         WorkingSet::Index index, int step) {
  const WorkingSet& set = space.working_set;
  do {
    index += static_cast<WorkingSet::Index>(step);  // below 0 it wraps, and ends the search as well
  } while (index < set.end() && set[index].hole());
  if (index >= set.end()) return std::nullopt;
  return machine.tables.read_entry(space.root(), set[index].page()).frame();
}

// Of a page of a working set: what the entry knows, and who came in before and after.
void add_working_set(const MachineState& machine, const PageFrame& frame, FrameView& view) {
  const AddressSpace* space = machine.find_space(view.space);
  if (space == nullptr) return;
  const WorkingSetEntry& entry = space->working_set[frame.working_set_index];
  view.share_count = frame.share_count;
  view.age = entry.age();
  view.original = frame.original.with_protection(entry.protection());
  view.next = neighbour(machine, *space, frame.working_set_index, 1);
  view.previous = neighbour(machine, *space, frame.working_set_index, -1);
}

bool in_page_list(PageState state) { return state != PageState::Active && state != PageState::Transition; }

PhysicalAddress self_map_entry(const MachineState& machine, PageFrameNumber directory) {
  const x86::PagingMode mode = machine.tables.mode();
  return x86::pde_address({mode, directory}, x86::self_map(mode));
}

void find_role(const MachineState& machine, const PageFrame& frame, FrameView& view) {
  switch (frame.use) {
    case FrameUse::None:
      view.role = frame.state == PageState::Transition ? FrameRole::Filling : FrameRole::Nothing;
      return;
    case FrameUse::Page:
      view.role = FrameRole::ProcessPage;
      view.space = machine.tables.owner_of(frame.pte);
      view.page = machine.tables.page_of(frame.pte);
      view.pte_at = frame.pte;
      view.original = frame.original.with_protection(machine.tables.read(frame.pte).protection());
      if (frame.state == PageState::Active) add_working_set(machine, frame, view);
      return;
    case FrameUse::PageTable:
      view.role = FrameRole::PageTable;
      view.space = frame.owner;
      view.page = machine.tables.first_page_of(frame.pte);
      view.maps = x86::pages_of_table(machine.tables.mode(), *view.page);
      view.pte_at = frame.pte;
      view.used_entries = frame.used_entries;
      view.share_count = 1;
      return;
    case FrameUse::Directory:
      view.role = FrameRole::Directory;
      view.space = frame.owner;
      view.pte_at = self_map_entry(machine, view.number);
      view.share_count = 1;
      return;
    case FrameUse::System: find_system_role(machine, view); return;
  }
}

// The user half's entries that name `frame`, and what names it as a table: the self-map shows that.
void add_mappings(const MachineState& machine, const AddressSpace& space, PageFrameNumber frame,
                  std::vector<FrameMapping>& found) {
  for_each_used_entry(entries_of(machine, space, kUserHalf),
                      [&](VirtualPageNumber page, PhysicalAddress, Pte pte) {
                        if (pte.valid() && pte.frame() == frame)
                          found.push_back({space.id(), page.address(), pte});
                      });
  constexpr PageRange kAll{VirtualPageNumber(0), x86::kAddressSpaceEnd};
  for (PteCursor cursor = entries_of(machine, space, kAll); !cursor.done(); cursor.next_table()) {
    const Pte pde = cursor.pde();
    if (pde.valid() && pde.frame() == frame)
      found.push_back({space.id(), x86::pte_virtual_address(machine.tables.mode(), cursor.page()), pde});
  }
}

}  // namespace

FrameView frame_view(const MachineState& machine, PageFrameNumber frame) {
  const PageFrame& entry = machine.pfns[frame];
  FrameView view{
      .number = frame, .state = entry.state, .modified = entry.modified, .priority = entry.priority};
  if (in_page_list(entry.state)) {
    view.next = link(machine.pfns.next(frame));
    view.previous = link(machine.pfns.previous(frame));
  }
  find_role(machine, entry, view);
  if (view.pte_at) view.pte = machine.tables.read(*view.pte_at);
  const bool held = entry.state == PageState::Active || entry.state == PageState::Transition;
  view.reference_count = held ? 1 : 0;
  return view;
}

std::vector<FrameMapping> mappings_of(const MachineState& machine, PageFrameNumber frame) {
  std::vector<FrameMapping> found;
  for_each_used_entry(PteCursor::of_system_half(machine.tables),
                      [&](VirtualPageNumber page, PhysicalAddress, Pte pte) {
                        if (pte.valid() && pte.frame() == frame) found.push_back({{}, page.address(), pte});
                      });
  for (const auto& space : machine.spaces) {
    const auto first = static_cast<std::ptrdiff_t>(found.size());
    add_mappings(machine, *space, frame, found);
    std::sort(found.begin() + first, found.end(),
              [](const FrameMapping& a, const FrameMapping& b) { return a.address < b.address; });
  }
  return found;
}

}  // namespace mm
