#include "mm/process/allocations.h"

#include "mm/base/check.h"
#include "mm/process/page_view.h"
#include "mm/process/resident_pages.h"

namespace mm {
namespace {

template <class Visitor>
void for_each_table(PageRange range, Visitor&& visit) {
  for (VirtualPageNumber page = range.begin; page < range.end; page = next_table(page)) visit(page);
}

void add_table_users(AddressSpace& space, PageRange range) {
  for_each_table(range, [&](VirtualPageNumber page) { ++space.table_users[x86::pde_index(page)]; });
}

void remove_table_user(MachineState& machine, AddressSpace& space, VirtualPageNumber page) {
  if (--space.table_users[x86::pde_index(page)] > 0) return;
  machine.tables.remove_table(space.directory(), page);
  space.table_charge.give_back(PageCount{1});
}

void remove_table_users(MachineState& machine, AddressSpace& space, PageRange range) {
  for_each_table(range, [&](VirtualPageNumber page) { remove_table_user(machine, space, page); });
}

// A VAD that loses `gone` becomes two, or one: only the tables that `gone` reaches into have other users than
// before.
void hand_tables_on(MachineState& machine, AddressSpace& space, PageRange gone, PageRange kept,
                    PageRange rest) {
  for_each_table(gone, [&](VirtualPageNumber page) {
    const PageRange pages{x86::first_page_of_table(x86::pde_index(page)), next_table(page)};
    const bool both = kept.overlaps(pages) && rest.overlaps(pages);
    if (both) ++space.table_users[x86::pde_index(page)];
    if (!kept.overlaps(pages) && !rest.overlaps(pages)) remove_table_user(machine, space, page);
  });
}

}  // namespace

Result<CommitCharge> charge_tables(MachineState& machine, const AddressSpace& space, PageRange range) {
  PageCount tables;
  for_each_table(range, [&](VirtualPageNumber page) {
    if (space.table_users[x86::pde_index(page)] == 0) ++tables;
  });
  return machine.commit.charge(tables);
}

Vad& add_vad(AddressSpace& space, std::unique_ptr<Vad> vad, CommitCharge tables) {
  add_table_users(space, vad->range());
  space.table_charge.absorb(std::move(tables));
  Vad& added = space.vads.insert(std::move(vad));
  space.note_virtual_size();
  return added;
}

void remove_vad(MachineState& machine, AddressSpace& space, Vad& vad) {
  remove_table_users(machine, space, vad.range());
  space.runs.forget(vad.range());
  space.vads.remove(vad);
}

void release_vad(MachineState& machine, AddressSpace& space, Vad& vad) {
  discard_range(machine, space, vad.range(), x86::Pte{});
  space.remove_private_commit(vad.committed());
  remove_vad(machine, space, vad);
}

void cut_vad(MachineState& machine, AddressSpace& space, Vad& vad, PageRange gone, std::unique_ptr<Vad> rest,
             PageCount rest_commit) {
  const PageRange old = vad.range();
  const bool keeps_front = old.begin < gone.begin;
  const PageRange kept = keeps_front ? PageRange{old.begin, gone.begin} : PageRange{gone.end, old.end};
  MM_CHECK(!kept.empty() && (rest == nullptr || keeps_front), "not a part of a VAD");
  hand_tables_on(machine, space, gone, kept, rest != nullptr ? rest->range() : PageRange{});
  space.runs.forget(gone);
  space.vads.shrink(vad, kept);
  if (rest != nullptr) {
    rest->charge().absorb(vad.charge().split(rest_commit));
    space.vads.insert(std::move(rest));
  }
}

}  // namespace mm
