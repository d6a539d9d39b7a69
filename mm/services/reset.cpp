#include "mm/services/reset.h"

#include "mm/process/pte_cursor.h"
#include "mm/process/resident_pages.h"
#include "mm/services/region.h"

namespace mm {
namespace {

// The whole pages within: what lies beside the range is not the caller's to give up.
PageRange pages_within(const AllocateRequest& request) {
  const uint64_t end = uint64_t{request.base.value} + request.size;
  const VirtualPageNumber first((request.base.value + kPageSize - 1) >> kPageShift);
  const VirtualPageNumber last(static_cast<uint32_t>(end >> kPageShift));
  return {first, std::max(first, last)};
}

// "The pages should not be read from or written to the paging file" (Microsoft's page on VirtualAlloc).
void reset(MachineState& machine, const AddressSpace& space, PageRange range) {
  for_each_entry(entries_of(machine, space, range),
                 [&](const PteCursor& cursor) { give_up_content(machine, space, cursor.at()); });
}

// What is kept is a frame less for others; Starved when there is none to spare.
Attempt<void> undo(MachineState& machine, const AddressSpace& space, PageRange range) {
  bool all_there = true;
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done();) {
    if (!machine.frames.spare()) return starve();
    switch (cursor.table()) {
      case TableState::Absent: cursor.next_table(); break;  // nothing was lost where nothing was
      case TableState::Resident:
        if (!keep_content(machine, cursor.at())) all_there = false;
        cursor.next();
        break;
      case TableState::PagedOut:
      case TableState::LargePage: no_answer_to(cursor.table());
    }
  }
  if (!all_there) return fail(NtStatus::Unsuccessful);
  return {};
}

}  // namespace

Attempt<MemoryRegion> reset_virtual_memory(MachineState& machine, AddressSpace& space,
                                           const AllocateRequest& request) {
  const PageRange touched = PageRange::touching(request.base, request.size);
  const Vad* vad = space.vads.find(touched.begin);
  if (vad == nullptr || !vad->range().contains(touched)) return fail(NtStatus::ConflictingAddresses);
  if (vad->type() != VadType::Private || vad->security() == VadSecurity::Secured)
    return fail(NtStatus::ConflictingAddresses);
  const PageRange range = pages_within(request);
  if (request.type == allocation::kReset) {
    reset(machine, space, range);
  } else if (const auto undone = undo(machine, space, range); !undone) {
    return impeded(undone.error());
  }
  return region_of(touched);
}

}  // namespace mm
