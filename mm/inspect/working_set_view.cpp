#include "mm/inspect/working_set_view.h"

#include "mm/process/machine_state.h"

namespace mm {
namespace {

WorkingSetEntry entry_of(const MachineState& machine, PageFrameNumber number) {
  const PageFrame& frame = machine.pfns[number];
  return {.page = machine.tables.page_of(frame.pte),
          .frame = number,
          .pte = machine.tables.read(frame.pte),
          .protection = frame.protection(),
          .age = frame.age};
}

}  // namespace

std::vector<WorkingSetEntry> working_set_of(const MachineState& machine, const AddressSpace& space) {
  std::vector<WorkingSetEntry> entries;
  entries.reserve(space.working_set.size().value);
  for (uint32_t at = space.working_set.head(); at != PageFrame::kNone;) {
    entries.push_back(entry_of(machine, PageFrameNumber(at)));
    at = machine.pfns.next(PageFrameNumber(at));
  }
  return entries;
}

std::optional<WorkingSetEntry> working_set_entry(const MachineState& machine, const AddressSpace& space,
                                                 VirtualAddress address) {
  if (address >= kSystemBase) return std::nullopt;
  // Neither a page table that is paged out nor a large page has pages in a working set.
  const auto at = machine.tables.find(space.directory(), address.page()).if_resident();
  if (!at) return std::nullopt;
  const x86::Pte pte = machine.tables.read(*at);
  if (!pte.valid() || machine.pfns[pte.frame()].use != FrameUse::Page) return std::nullopt;
  return entry_of(machine, pte.frame());
}

}  // namespace mm
