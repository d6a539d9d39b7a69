#include "mm/inspect/slot_view.h"

#include <algorithm>

#include "mm/inspect/entries.h"

namespace mm {
namespace {

using x86::Pte;
using x86::PteKind;

// The slot that an entry holds, itself or through the frame that it finds.
std::optional<SlotView> slot_of(const MachineState& machine, const AddressSpace& space,
                                VirtualPageNumber page, Pte pte) {
  SlotView view{.slot = {}, .space = space.id(), .page = page};
  const PteKind kind = x86::decode(pte);
  if (kind == PteKind::Valid || kind == PteKind::Transition) {
    view.frame = pte.frame();
    pte = machine.pfns[pte.frame()].original;
  }
  if (x86::decode(pte) != PteKind::PagingFile) return std::nullopt;
  view.slot = pte.slot();
  return view;
}

template <class Visitor>
void for_each_slot(const MachineState& machine, Visitor&& visit) {
  for (const auto& space : machine.spaces) {
    for_each_used_entry(entries_of(machine, *space, kUserHalf),
                        [&](VirtualPageNumber page, PhysicalAddress, Pte pte) {
                          if (const auto view = slot_of(machine, *space, page, pte)) visit(*view);
                        });
  }
}

}  // namespace

std::vector<SlotView> slots_in_use(const MachineState& machine) {
  std::vector<SlotView> slots;
  for_each_slot(machine, [&](const SlotView& view) { slots.push_back(view); });
  std::sort(slots.begin(), slots.end(),
            [](const SlotView& a, const SlotView& b) { return a.slot.slot < b.slot.slot; });
  return slots;
}

std::optional<SlotView> slot_view(const MachineState& machine, x86::PagingFileSlot slot) {
  if (!machine.pagefile.in_use(slot)) return std::nullopt;
  std::optional<SlotView> found;
  for_each_slot(machine, [&](const SlotView& view) {
    if (view.slot == slot) found = view;
  });
  return found;
}

}  // namespace mm
