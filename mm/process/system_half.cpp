#include "mm/process/system_half.h"

namespace mm {

void make_shared_user_data(MachineState& machine) {
  auto charge = machine.commit.charge(PageCount{1});
  const auto frame = machine.frames.take_zeroed();
  MM_CHECK(charge.has_value() && frame.has_value(), "RAM too small to begin with");
  machine.system_charge.absorb(std::move(*charge));
  machine.pfns.pin_system(*frame);
  machine.shared_user_data = *frame;
}

namespace {

Attempt<void> ensure_system_table(MachineState& machine, VirtualPageNumber page) {
  if (machine.tables.find_system(page).table() == TableState::Resident) return {};
  auto charge = machine.commit.charge(PageCount{1});
  if (!charge) return fail(charge.error());
  const auto table = machine.frames.take_zeroed();
  if (!table) return starve();
  machine.system_charge.absorb(std::move(*charge));
  machine.tables.install_system_table(page, *table);
  for (const auto& space : machine.spaces) machine.tables.copy_system_half(space->root());
  return {};
}

}  // namespace

Attempt<PageFrameNumber> map_system_page(MachineState& machine, VirtualPageNumber page) {
  MM_CHECK(page >= kSystemBase.page(), "a system page below 2 GB");
  const bool has_table = machine.tables.find_system(page).table() == TableState::Resident;
  const PageCount needed{has_table ? 1u : 2u};  // the page, and its table
  if (!machine.commit.admits(needed)) return fail(NtStatus::CommitmentLimit);
  if (const auto table = ensure_system_table(machine, page); !table) return impeded(table.error());
  auto charge = machine.commit.charge(PageCount{1});
  if (!charge) return fail(charge.error());
  const auto frame = machine.frames.take_zeroed();
  if (!frame) return starve();
  machine.system_charge.absorb(std::move(*charge));
  machine.pfns.pin_system(*frame);
  machine.tables.write_system(page, x86::valid_pte(*frame, x86::protection::kReadWrite, Mode::Supervisor));
  return *frame;
}

}  // namespace mm
