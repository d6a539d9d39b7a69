#include "mm/process/user_half.h"

#include <utility>

#include "mm/process/allocations.h"
#include "mm/process/page_changes.h"

namespace mm {
namespace {

// What a new address space begins with: its directory, and the page table for KUSER_SHARED_DATA.
struct FirstTables {
  PageFrameNumber directory, shared_user_data_table;
  CommitCharge charge;
};

Attempt<FirstTables> take_first_tables(MachineState& machine) {
  constexpr PageCount kFirstTables{2};
  if (!machine.commit.admits(kFirstTables)) return fail(NtStatus::CommitmentLimit);
  const auto directory = machine.frames.take_zeroed();
  if (!directory) return starve();
  const auto table = machine.frames.take_zeroed();
  Attempt<CommitCharge> charge = starve();
  if (table) charge = machine.commit.charge(kFirstTables);
  if (!charge) {
    if (table) machine.pfns.release(*table);
    machine.pfns.release(*directory);
    return impeded(charge.error());
  }
  return FirstTables{*directory, *table, std::move(*charge)};
}

void map_shared_user_data(MachineState& machine, AddressSpace& space, PageFrameNumber table) {
  const VirtualPageNumber page = kSharedUserData.page();
  const PageRange range{page, kHighestUserAddress.page() + PageCount{1}};
  auto vad = std::make_unique<Vad>(range, x86::protection::kReadOnly, VadBacking::Reserved);
  vad->secure();
  const Vad& added = add_vad(space, std::move(vad), CommitCharge());
  machine.tables.install_table(space.root(), page, table);
  machine.tables.write(machine.tables.find(space.root(), page).at(),
                       x86::valid_pte(machine.shared_user_data, x86::protection::kReadOnly, Mode::User));
  note_commitment(machine, space, added, {page, page + PageCount{1}}, Commitment::Committed);
}

}  // namespace

Attempt<AddressSpace*> create_address_space(MachineState& machine) {
  auto tables = take_first_tables(machine);
  if (!tables) return impeded(tables.error());
  const AddressSpaceId id = std::exchange(machine.next_space, machine.next_space.next());
  const x86::PagingRoot root = machine.tables.make_directory(tables->directory, id);
  machine.spaces.push_back(std::make_unique<AddressSpace>(id, root, machine.footprint));
  AddressSpace& space = *machine.spaces.back();
  space.table_charge.absorb(std::move(tables->charge));
  map_shared_user_data(machine, space, tables->shared_user_data_table);
  return &space;
}

void delete_address_space(MachineState& machine, AddressSpace& space) {
  while (const Vad* vad = space.vads.at_or_after(VirtualPageNumber(0))) {
    release_vad(machine, space, *space.vads.find(vad->range().begin));
  }
  if (machine.current == &space) {
    machine.current = nullptr;
    machine.tables.set_current(kNoAddressSpace);
  }
  machine.pfns.release(space.root().frame());
  std::erase_if(machine.spaces, [&](const auto& other) { return other.get() == &space; });
}

}  // namespace mm
