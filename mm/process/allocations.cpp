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

void add_table_users(AddressSpace& space, const Vad& vad, PageRange range) {
  if (!uses_tables(vad)) return;
  for_each_table_part(range, [&](PageRange part) { ++space.table_users[x86::pde_index(part.begin)]; });
}

// Every table of `range` is charged.
void remove_table_users(MachineState& machine, AddressSpace& space, const Vad& vad, PageRange range) {
  if (!uses_tables(vad)) return;
  for_each_table_part(range, [&](PageRange part) {
    --space.table_users[x86::pde_index(part.begin)];
    if (!table_charged(machine, space, part.begin)) space.table_charge.give_back(PageCount{1});
  });
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
  add_table_users(space, *vad, vad->range());
  space.table_charge.absorb(std::move(tables));
  return space.vads.insert(std::move(vad));
}

void remove_vad(MachineState& machine, AddressSpace& space, Vad& vad) {
  drop_empty_tables(machine, space, vad.range());
  remove_table_users(machine, space, vad, vad.range());
  space.vads.remove(vad);
}

void release_vad(MachineState& machine, AddressSpace& space, Vad& vad) {
  for (VirtualPageNumber page = vad.range().begin; page < vad.range().end;) {
    const auto at = machine.tables.find(space.directory(), page);
    if (at) discard_page(machine, space, *at, x86::Pte{});
    page = at ? page + PageCount{1} : next_table(page);
  }
  forget_decommitted(machine, space, vad.range());
  space.remove_private_commit(vad.committed());
  remove_vad(machine, space, vad);
}

void cut_vad(MachineState& machine, AddressSpace& space, Vad& vad, PageRange gone, std::unique_ptr<Vad> rest,
             PageCount rest_commit) {
  const PageRange old = vad.range();
  const bool keeps_front = old.begin < gone.begin;
  const PageRange kept = keeps_front ? PageRange{old.begin, gone.begin} : PageRange{gone.end, old.end};
  MM_CHECK(!kept.empty() && (rest == nullptr || keeps_front), "not a part of a VAD");
  add_table_users(space, vad, kept);
  space.vads.shrink(vad, kept);
  if (rest != nullptr) {
    add_table_users(space, *rest, rest->range());
    rest->charge().absorb(vad.charge().split(rest_commit));
    space.vads.insert(std::move(rest));
  }
  drop_empty_tables(machine, space, gone);
  remove_table_users(machine, space, vad, old);
}

}  // namespace mm
