#include "mm/inspect/page_story.h"

namespace mm {
namespace {

using x86::Pte;
using x86::PteKind;

void add_page(const MachineState& machine, const AddressSpace& space, PageStory& story) {
  story.vad = vad_at(machine, space, story.address);
  if (!story.vad) return;
  const VirtualPageNumber page = story.address.page();
  story.page = view_page(machine, space, *space.vads.at_or_after(page), page);
}

void add_frame(const MachineState& machine, PageStory& story) {
  const PteKind kind = x86::decode(story.walk.pte());
  if (kind != PteKind::Valid && kind != PteKind::Transition) return;
  if (machine.ram.contains(story.walk.pte().frame()))
    story.frame = frame_view(machine, story.walk.pte().frame());
}

void add_slot(PageStory& story) {
  const Pte holder = story.frame ? story.frame->original : story.walk.pte();
  if (x86::decode(holder) != PteKind::PagingFile) return;
  story.slot = SlotView{.slot = holder.slot(),
                        .space = story.space,
                        .page = story.address.page(),
                        .frame = story.frame ? std::optional(story.frame->number) : std::nullopt};
}

}  // namespace

PageStory page_story(const MachineState& machine, const AddressSpace& space, VirtualAddress address) {
  PageStory story{.space = space.id(),
                  .address = address,
                  .root = space.root(),
                  .walk = x86::walk(machine.ram, space.root(), address),
                  .pde_virtual = x86::pde_virtual_address(space.root().mode(), address.page()),
                  .pte_virtual = x86::pte_virtual_address(space.root().mode(), address.page()),
                  .working_set = working_set_entry(machine, space, address)};
  const auto table = story.walk.page_table();
  if (table && machine.ram.contains(*table)) story.table = frame_view(machine, *table);
  add_page(machine, space, story);
  add_frame(machine, story);
  add_slot(story);
  return story;
}

}  // namespace mm
