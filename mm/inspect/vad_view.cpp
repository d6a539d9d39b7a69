#include "mm/inspect/vad_view.h"

#include "mm/inspect/entries.h"
#include "mm/process/missing_tables.h"

namespace mm {
namespace {

using x86::PteKind;

void count_entry(x86::Pte pte, VadView& view) {
  switch (x86::decode(pte)) {
    case PteKind::Unknown: return;
    case PteKind::Valid: ++view.valid, ++view.committed; return;
    case PteKind::Transition: ++view.transition, ++view.committed; return;
    case PteKind::PagingFile: ++view.paged_out, ++view.committed; return;
    case PteKind::DemandZero:
    case PteKind::Prototype: ++view.committed; return;
    case PteKind::Decommitted: return;
  }
}

PageCount decommitted_by_pdes(const MachineState& machine, const AddressSpace& space, PageRange range) {
  PageCount pages;
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done(); cursor.next_table()) {
    switch (cursor.table()) {
      case TableState::Absent: pages += decommitted_without_table(space, cursor.pde(), cursor.part()); break;
      case TableState::Resident: break;
      case TableState::PagedOut:
      case TableState::LargePage: no_answer_to(cursor.table());
    }
  }
  return pages;
}

void count_pages(const MachineState& machine, const AddressSpace& space, VadView& view) {
  PageCount with_entry;
  for_each_used_entry(entries_of(machine, space, view.range),
                      [&](VirtualPageNumber, PhysicalAddress, x86::Pte pte) {
                        ++with_entry;
                        count_entry(pte, view);
                      });
  if (view.backing == VadBacking::Committed)
    view.committed += view.range.size() - with_entry - decommitted_by_pdes(machine, space, view.range);
}

VadView view_of(const MachineState& machine, const AddressSpace& space, const Vad& vad) {
  VadView view{.range = vad.range(),
               .type = vad.type(),
               .backing = vad.backing(),
               .security = vad.security(),
               .protection = vad.protection(),
               .commit_charge = vad.committed(),
               .depth = space.vads.depth(vad)};
  count_pages(machine, space, view);
  return view;
}

}  // namespace

VadTreeView vads_of(const MachineState& machine, const AddressSpace& space) {
  VadTreeView tree{.vads = {}, .height = space.vads.height()};
  space.vads.for_each([&](const Vad& vad) { tree.vads.push_back(view_of(machine, space, vad)); });
  return tree;
}

std::optional<VadView> vad_at(const MachineState& machine, const AddressSpace& space,
                              VirtualAddress address) {
  const Vad* vad = space.vads.at_or_after(address.page());  // unlike find, it remembers nothing
  if (vad == nullptr || !vad->range().contains(address.page())) return std::nullopt;
  return view_of(machine, space, *vad);
}

}  // namespace mm
