#include "mm/process/allocations.h"

#include "mm/base/check.h"
#include "mm/process/missing_tables.h"
#include "mm/process/resident_pages.h"

namespace mm {
namespace {

// In memory or not; a large page has no need of one.
bool exists(TableState table) {
  switch (table) {
    case TableState::Resident:
    case TableState::PagedOut: return true;
    case TableState::Absent:
    case TableState::LargePage: break;
  }
  return false;
}

// Of the table that `cursor` stands at.
bool charged(const AddressSpace& space, const PteCursor& cursor) {
  return space.table_users[cursor.page()] > 0 || exists(cursor.table());
}

// Whether pages of `vad` that have no entry may come to need their page table by a fault alone.
bool uses_tables(const Vad& vad) { return vad.backing() == VadBacking::Committed; }

void add_table_users(AddressSpace& space, const Vad& vad) {
  if (uses_tables(vad)) space.table_users.add(vad.range());
}

// Of the table that `cursor` stands at, which is charged.
void remove_table_user(AddressSpace& space, const PteCursor& cursor) {
  --space.table_users[cursor.page()];
  if (!charged(space, cursor)) space.table_charge.give_back(PageCount{1});
}

void remove_table_users(const MachineState& machine, AddressSpace& space, const Vad& vad) {
  if (!uses_tables(vad)) return;
  for (PteCursor cursor = entries_of(machine, space, vad.range()); !cursor.done(); cursor.next_table())
    remove_table_user(space, cursor);
}

// `vad` loses `gone` and becomes two, or one: only the tables that `gone` reaches into have other users than
// before.
void hand_tables_on(const MachineState& machine, AddressSpace& space, const Vad& vad, PageRange gone,
                    PageRange kept, PageRange rest) {
  if (!uses_tables(vad)) return;
  for (PteCursor cursor = entries_of(machine, space, gone); !cursor.done(); cursor.next_table()) {
    const PageRange pages = x86::pages_of_table(machine.tables.mode(), cursor.page());
    const bool both = kept.overlaps(pages) && rest.overlaps(pages);
    if (both) ++space.table_users[cursor.page()];
    if (!kept.overlaps(pages) && !rest.overlaps(pages)) remove_table_user(space, cursor);
  }
}

// No VAD has the pages of `range` any more.
void forget_pages(MachineState& machine, AddressSpace& space, PageRange range) {
  space.runs.forget(range);
  space.note_pages(range);
  note_in_missing_tables(machine, space, range);
}

void drop_if_empty(MachineState& machine, AddressSpace& space, PteCursor& cursor) {
  if (machine.pfns[cursor.at().frame()].used_entries > 0) return;
  machine.tables.remove_table(space.root(), cursor.page());
  cursor.renew();
  if (!charged(space, cursor)) space.table_charge.give_back(PageCount{1});
}

}  // namespace

PageCount uncharged_tables(const MachineState& machine, const AddressSpace& space, PageRange range) {
  PageCount tables;
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done(); cursor.next_table())
    if (!charged(space, cursor)) ++tables;
  return tables;
}

Attempt<void> ensure_charged_tables(MachineState& machine, AddressSpace& space, PageRange range) {
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done(); cursor.next_table()) {
    if (exists(cursor.table())) continue;
    auto charge = machine.commit.charge(PageCount{charged(space, cursor) ? 0u : 1u});
    if (!charge) return fail(charge.error());
    if (!ensure_page_table(machine, space, cursor.page())) return starve();
    space.table_charge.absorb(std::move(*charge));
  }
  return {};
}

void drop_empty_tables(MachineState& machine, AddressSpace& space, PageRange range) {
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done(); cursor.next_table()) {
    switch (cursor.table()) {
      case TableState::Absent: break;
      case TableState::Resident: drop_if_empty(machine, space, cursor); break;
      case TableState::PagedOut:
      case TableState::LargePage: no_answer_to(cursor.table());
    }
  }
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
