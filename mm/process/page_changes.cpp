#include "mm/process/page_changes.h"

#include "mm/process/missing_tables.h"

namespace mm {
namespace {

// `page` may be the VAD's first, or lie behind it: neither is a seam.
void renew_seam(const MachineState& machine, AddressSpace& space, const Vad& vad, VirtualPageNumber page) {
  if (page <= vad.range().begin || page >= vad.range().end) return;
  const PageView before = view_page(machine, space, vad, page - PageCount{1});
  const PageView view = view_page(machine, space, vad, page);
  alike(before, view) ? space.runs.remove_seam(page) : space.runs.add_seam(page);
}

}  // namespace

void note_protection(const MachineState& machine, AddressSpace& space, const Vad& vad, PageRange range) {
  space.runs.unite(range);
  space.note_pages(range);
  renew_seam(machine, space, vad, range.begin);
  renew_seam(machine, space, vad, range.end);
}

void note_commitment(MachineState& machine, AddressSpace& space, const Vad& vad, PageRange range,
                     Commitment commitment) {
  if (commitment == Commitment::Committed) {
    space.runs.commit(vad, range);
  } else {
    space.runs.decommit(vad, range);
  }
  note_in_missing_tables(machine, space, range);
  note_protection(machine, space, vad, range);
}

}  // namespace mm
