#include "mm/process/allocations.h"

#include "mm/base/check.h"
#include "mm/process/missing_tables.h"
#include "mm/process/page_view.h"
#include "mm/process/resident_pages.h"

namespace mm {
namespace {

bool table_exists(const MachineState& machine, const AddressSpace& space, VirtualPageNumber page) {
  return machine.tables.find(space.directory(), page).has_value();
}

bool table_charged(const MachineState& machine, const AddressSpace& space, VirtualPageNumber page) {
  return space.table_users[x86::pde_index(page)] > 0 || table_exists(machine, space, page);
}

// Whether pages of `vad` that have no entry may come to need their page table by a fault alone.
bool uses_tables(const Vad& vad) { return vad.backing() == VadBacking::Committed; }

void add_table_users(AddressSpace& space, const Vad& vad) {
  if (!uses_tables(vad)) return;
  for_each_table_part(vad.range(), [&](PageRange part) { ++space.table_users[x86::pde_index(part.begin)]; });
}

// The table for `page` is charged.
void remove_table_user(MachineState& machine, AddressSpace& space, VirtualPageNumber page) {
  --space.table_users[x86::pde_index(page)];
  if (!table_charged(machine, space, page)) space.table_charge.give_back(PageCount{1});
}

void remove_table_users(MachineState& machine, AddressSpace& space, const Vad& vad) {
  if (!uses_tables(vad)) return;
  for_each_table_part(vad.range(), [&](PageRange part) { remove_table_user(machine, space, part.begin); });
}

// `vad` loses `gone` and becomes two, or one: only the tables that `gone` reaches into have other users than
// before.
void hand_tables_on(MachineState& machine, AddressSpace& space, const Vad& vad, PageRange gone,
                    PageRange kept, PageRange rest) {
  if (!uses_tables(vad)) return;
  for_each_table_part(gone, [&](PageRange part) {
    const PageRange pages = pages_of_table(part.begin);
    const bool both = kept.overlaps(pages) && rest.overlaps(pages);
    if (both) ++space.table_users[x86::pde_index(part.begin)];
    if (!kept.overlaps(pages) && !rest.overlaps(pages)) remove_table_user(machine, space, part.begin);
  });
}

// No VAD has the pages of `range` any more.
void forget_pages(MachineState& machine, AddressSpace& space, PageRange range) {
  space.runs.forget(range);
  space.note_pages(range);
  note_in_missing_tables(machine, space, range);
}

void drop_table_if_empty(MachineState& machine, AddressSpace& space, VirtualPageNumber page) {
  const auto table = machine.tables.find(space.directory(), page);
  if (!table || machine.pfns[table->frame()].used_entries > 0) return;
  machine.tables.remove_table(space.directory(), page);
  if (!table_charged(machine, space, page)) space.table_charge.give_back(PageCount{1});
}

}  // namespace

PageCount uncharged_tables(const MachineState& machine, const AddressSpace& space, PageRange range) {
  PageCount tables;
  for_each_table_part(range, [&](PageRange part) {
    if (!table_charged(machine, space, part.begin)) ++tables;
  });
  return tables;
}

Result<void> ensure_charged_table(MachineState& machine, AddressSpace& space, VirtualPageNumber page) {
  if (table_exists(machine, space, page)) return {};
  auto charge = machine.commit.charge(uncharged_tables(machine, space, {page, page + PageCount{1}}));
  if (!charge) return fail(charge.error());
  if (!ensure_page_table(machine, space, page)) return fail(NtStatus::NoMemory);
  space.table_charge.absorb(std::move(*charge));
  return {};
}

void drop_empty_tables(MachineState& machine, AddressSpace& space, PageRange range) {
  for_each_table_part(range, [&](PageRange part) { drop_table_if_empty(machine, space, part.begin); });
}

Vad& add_vad(AddressSpace& space, std::unique_ptr<Vad> vad, CommitCharge tables) {
  add_table_users(space, *vad);
  space.table_charge.absorb(std::move(tables));
  Vad& added = space.vads.insert(std::move(vad));
  space.note_pages(added.range());
  space.note_virtual_size();
  return added;
}

void remove_vad(MachineState& machine, AddressSpace& space, Vad& vad) {
  drop_empty_tables(machine, space, vad.range());
  remove_table_users(machine, space, vad);
  forget_pages(machine, space, vad.range());
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
  drop_empty_tables(machine, space, gone);
  hand_tables_on(machine, space, vad, gone, kept, rest != nullptr ? rest->range() : PageRange{});
  forget_pages(machine, space, gone);
  space.vads.shrink(vad, kept);
  space.note_pages({kept.begin, kept.begin + PageCount{1}});
  if (rest != nullptr) {
    rest->charge().absorb(vad.charge().split(rest_commit));
    space.vads.insert(std::move(rest));
  }
}

}  // namespace mm
