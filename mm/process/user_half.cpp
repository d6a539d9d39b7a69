#include "mm/process/user_half.h"

#include <algorithm>

#include "mm/process/allocations.h"
#include "mm/process/page_changes.h"
#include "mm/process/resident_pages.h"

namespace mm {
namespace {

Result<void> map_shared_user_data(MachineState& machine, AddressSpace& space) {
  const VirtualPageNumber page = kSharedUserData.page();
  const PageRange range{page, kHighestUserAddress.page() + PageCount{1}};
  auto tables = charge_tables(machine, space, range);
  if (!tables) return fail(tables.error());
  auto vad = std::make_unique<Vad>(range, x86::protection::kReadOnly, VadBacking::Reserved);
  vad->secure();
  const Vad& added = add_vad(space, std::move(vad), std::move(*tables));
  if (!ensure_page_table(machine, space, page)) return fail(NtStatus::NoMemory);
  machine.tables.write(*machine.tables.find(space.directory(), page),
                       x86::valid_pte(machine.shared_user_data, x86::protection::kReadOnly, Mode::User));
  note_commitment(machine, space, added, {page, page + PageCount{1}}, Commitment::Committed);
  return {};
}

}  // namespace

Result<AddressSpace*> create_address_space(MachineState& machine) {
  auto charge = machine.commit.charge(PageCount{1});
  if (!charge) return fail(charge.error());
  const auto directory = machine.frames.take_zeroed();
  if (!directory) return fail(NtStatus::NoMemory);
  const uint32_t number = machine.next_space_number++;
  machine.tables.make_directory(*directory, number);
  machine.spaces.push_back(std::make_unique<AddressSpace>(number, *directory));
  AddressSpace& space = *machine.spaces.back();
  space.table_charge.absorb(std::move(*charge));
  if (const auto mapped = map_shared_user_data(machine, space); !mapped) {
    delete_address_space(machine, space);
    return fail(mapped.error());
  }
  return &space;
}

void delete_address_space(MachineState& machine, AddressSpace& space) {
  while (const Vad* vad = space.vads.at_or_after(VirtualPageNumber(0))) {
    release_vad(machine, space, *space.vads.find(vad->range().begin));
  }
  if (machine.current == &space) {
    machine.current = nullptr;
    machine.tables.set_current(std::nullopt);
  }
  machine.pfns.release(space.directory());
  std::erase_if(machine.spaces, [&](const auto& other) { return other.get() == &space; });
}

}  // namespace mm
