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

void remove_table_users(MachineState& machine, AddressSpace& space, PageRange range) {
  for_each_table(range, [&](VirtualPageNumber page) {
    if (--space.table_users[x86::pde_index(page)] > 0) return;
    machine.tables.remove_table(space.directory(), page);
    space.table_charge.give_back(PageCount{1});
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
  return space.vads.insert(std::move(vad));
}

void remove_vad(MachineState& machine, AddressSpace& space, Vad& vad) {
  remove_table_users(machine, space, vad.range());
  space.vads.remove(vad);
}

void release_vad(MachineState& machine, AddressSpace& space, Vad& vad) {
  for (VirtualPageNumber page = vad.range().begin; page < vad.range().end;) {
    const auto at = machine.tables.find(space.directory(), page);
    if (at) discard_page(machine, space, *at, x86::Pte{});
    page = at ? page + PageCount{1} : next_table(page);
  }
  space.remove_private_commit(vad.committed());
  remove_vad(machine, space, vad);
}

void cut_vad(MachineState& machine, AddressSpace& space, Vad& vad, PageRange gone, std::unique_ptr<Vad> rest,
             PageCount rest_commit) {
  const PageRange old = vad.range();
  const bool keeps_front = old.begin < gone.begin;
  const PageRange kept = keeps_front ? PageRange{old.begin, gone.begin} : PageRange{gone.end, old.end};
  MM_CHECK(!kept.empty() && (rest == nullptr || keeps_front), "not a part of a VAD");
  add_table_users(space, kept);
  space.vads.shrink(vad, kept);
  if (rest != nullptr) {
    add_table_users(space, rest->range());
    rest->charge().absorb(vad.charge().split(rest_commit));
    space.vads.insert(std::move(rest));
  }
  remove_table_users(machine, space, old);
}

}  // namespace mm
