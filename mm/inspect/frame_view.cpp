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

// Calls `visit(page, at, pte)` for every entry of the system half that is not all zero, and
// `visit_table(first page, table)` for its tables.
template <class Visitor, class TableVisitor>
void for_each_system_entry(const MachineState& machine, Visitor&& visit, TableVisitor&& visit_table) {
  for (uint32_t index = x86::kFirstSystemPde; index < x86::kEntriesPerTable; ++index) {
    const VirtualPageNumber first = x86::first_page_of_table(index);
    if (index == x86::kSelfMapIndex || !machine.tables.find_system(first)) continue;
    visit_table(first, machine.tables.find_system(first)->frame());
    for (uint32_t i = 0; i < x86::kEntriesPerTable; ++i) {
      const PhysicalAddress at = *machine.tables.find_system(first + PageCount{i});
      const Pte pte = machine.tables.read(at);
      if (pte.raw != 0) visit(first + PageCount{i}, at, pte);
    }
  }
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
  for_each_system_entry(
      machine,
      [&](VirtualPageNumber page, PhysicalAddress at, Pte pte) {
        if (!pte.valid() || pte.frame() != view.number) return;
        view.page = page;
        view.pte_at = at;
      },
      [&](VirtualPageNumber first, PageFrameNumber table) {
        if (table != view.number) return;
        view.role = FrameRole::SystemPageTable;
        view.page = first;
        view.share_count = static_cast<uint32_t>(machine.spaces.size());
      });
}

void find_role(const MachineState& machine, const PageFrame& frame, FrameView& view) {
  switch (frame.use) {
    case FrameUse::None:
      view.role = frame.state == PageState::Transition ? FrameRole::Filling : FrameRole::Nothing;
      return;
    case FrameUse::Page:
      view.role = FrameRole::ProcessPage;
      view.process = machine.tables.owner_of(frame.pte);
      view.page = machine.tables.page_of(frame.pte);
      view.pte_at = frame.pte;
      view.original = frame.original;
      view.share_count = frame.state == PageState::Active ? 1 : 0;
      return;
    case FrameUse::PageTable:
      view.role = FrameRole::PageTable;
      view.process = machine.pfns[frame.pte.frame()].used_entries;
      view.page = x86::first_page_of_table(frame.pte.offset() / x86::kEntryBytes);
      view.pte_at = frame.pte;
      view.used_entries = frame.used_entries;
      view.share_count = 1;
      return;
    case FrameUse::Directory:
      view.role = FrameRole::Directory;
      view.process = frame.used_entries;
      view.pte_at = x86::pde_address(view.number, x86::first_page_of_table(x86::kSelfMapIndex));
      view.share_count = 1;
      return;
    case FrameUse::System: find_system_role(machine, view); return;
  }
}

// The user half's entries that name `frame`, and the tables among them.
void add_mappings(const MachineState& machine, const AddressSpace& space, PageFrameNumber frame,
                  std::vector<FrameMapping>& found) {
  for_each_entry(machine, space, kUserHalf, [&](VirtualPageNumber page, PhysicalAddress, Pte pte) {
    if (pte.valid() && pte.frame() == frame) found.push_back({space.number(), page.address(), pte});
  });
  for (uint32_t index = 0; index < x86::kEntriesPerTable; ++index) {
    const VirtualPageNumber first = x86::first_page_of_table(index);
    const Pte pde = machine.tables.read(x86::pde_address(space.directory(), first));
    if (pde.valid() && pde.frame() == frame)
      found.push_back({space.number(), x86::pte_virtual_address(first), pde});
  }
}

}  // namespace

FrameView frame_view(const MachineState& machine, PageFrameNumber frame) {
  const PageFrame& entry = machine.pfns[frame];
  FrameView view{.number = frame,
                 .state = entry.state,
                 .modified = entry.modified,
                 .age = entry.age,
                 .priority = entry.priority,
                 .next = link(machine.pfns.next(frame)),
                 .previous = link(machine.pfns.previous(frame))};
  find_role(machine, entry, view);
  if (view.pte_at) view.pte = machine.tables.read(*view.pte_at);
  const bool held = entry.state == PageState::Active || entry.state == PageState::Transition;
  view.reference_count = held ? 1 : 0;
  return view;
}

std::vector<FrameMapping> mappings_of(const MachineState& machine, PageFrameNumber frame) {
  std::vector<FrameMapping> found;
  for_each_system_entry(
      machine,
      [&](VirtualPageNumber page, PhysicalAddress, Pte pte) {
        if (pte.valid() && pte.frame() == frame) found.push_back({0, page.address(), pte});
      },
      [](VirtualPageNumber, PageFrameNumber) {});
  for (const auto& space : machine.spaces) {
    const auto first = static_cast<std::ptrdiff_t>(found.size());
    add_mappings(machine, *space, frame, found);
    std::sort(found.begin() + first, found.end(),
              [](const FrameMapping& a, const FrameMapping& b) { return a.address < b.address; });
  }
  return found;
}

}  // namespace mm
