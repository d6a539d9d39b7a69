#include "mm/inspect/working_set_view.h"

#include "mm/process/machine_state.h"

namespace mm {
namespace {

WorkingSetPage page_of(const MachineState& machine, const AddressSpace& space, const WorkingSetEntry& entry) {
  const x86::Pte pte = machine.tables.read_entry(space.root(), entry.page());
  return {.page = entry.page(),
          .frame = pte.frame(),
          .pte = pte,
          .protection = entry.protection(),
          .age = entry.age()};
}

}  // namespace

std::vector<WorkingSetPage> working_set_of(const MachineState& machine, const AddressSpace& space) {
  std::vector<WorkingSetPage> entries;
  entries.reserve(space.working_set.size().value);
  for (WorkingSet::Index index = 0; index < space.working_set.end(); ++index)
    if (!space.working_set[index].hole())
      entries.push_back(page_of(machine, space, space.working_set[index]));
  return entries;
}

std::optional<WorkingSetPage> working_set_entry(const MachineState& machine, const AddressSpace& space,
                                                VirtualAddress address) {
  if (address >= kSystemBase) return std::nullopt;
  // Neither a page table that is paged out nor a large page has pages in a working set.
  const auto at = machine.tables.find(space.root(), address.page()).if_resident();
  if (!at) return std::nullopt;
  const x86::Pte pte = machine.tables.read(*at);
  if (!pte.valid() || machine.pfns[pte.frame()].use != FrameUse::Page) return std::nullopt;
  return page_of(machine, space, space.working_set[machine.pfns[pte.frame()].working_set_index]);
}

}  // namespace mm
