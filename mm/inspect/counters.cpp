#include "mm/inspect/counters.h"

#include "mm/process/machine_state.h"

namespace mm {
namespace {

PhysicalStatistics physical(const PfnDatabase& pfns) {
  PhysicalStatistics physical{.total = pfns.size(),
                              .available = pfns.available(),
                              .zeroed = pfns.count(PageState::Zeroed),
                              .free = pfns.count(PageState::Free),
                              .modified = pfns.count(PageState::Modified),
                              .modified_no_write = pfns.count(PageState::ModifiedNoWrite),
                              .bad = pfns.count(PageState::Bad),
                              .active = pfns.count(PageState::Active),
                              .transition = pfns.count(PageState::Transition),
                              .standby = {}};
  for (uint8_t priority = 0; priority < kStandbyPriorities; ++priority) {
    physical.standby[priority] = pfns.standby(priority).size();
  }
  return physical;
}

KernelStatistics kernel(const PfnDatabase& pfns) {
  return {.page_tables = pfns.count(FrameUse::PageTable) + pfns.count(FrameUse::Directory),
          .pool = pfns.count(FrameUse::System)};
}

// With the directory itself.
PageCount tables_of(const MachineState& machine, const AddressSpace& space) {
  return PageCount{machine.pfns[space.root().frame()].used_entries + 1u};
}

}  // namespace

void count(FaultKind kind, FaultStatistics& faults) {
  const auto soft = [&](uint64_t& counter) {
    ++counter;
    ++faults.soft;
    ++faults.total;
  };
  const auto hard = [&](uint64_t& counter) {
    ++counter;
    ++faults.hard;
    ++faults.total;
  };
  switch (kind) {
    case FaultKind::DemandZero: return soft(faults.demand_zero);
    case FaultKind::Transition: return soft(faults.transition);
    case FaultKind::PagingFile: return hard(faults.pagefile);
    case FaultKind::Guard: ++faults.guard; return;
    case FaultKind::AccessViolation: ++faults.access_violation; return;
    case FaultKind::InPageError: ++faults.in_page_error; return;
    case FaultKind::OutOfFrames: return;
  }
}

AddressSpaceId id_of(const AddressSpace& space) { return space.id(); }

MemoryStatistics machine_statistics(const MachineState& machine) {
  return {.commit = {.charge = machine.commit.charged(),
                     .limit = machine.commit.limit(),
                     .peak = machine.commit.peak()},
          .physical = physical(machine.pfns),
          .kernel = kernel(machine.pfns),
          .faults = machine.faults,
          .pagefile = machine.pagefile.statistics()};
}

ProcessStatistics process_statistics(const MachineState& machine, const AddressSpace& space) {
  return {.virtual_size = space.vads.pages(),
          .virtual_size_peak = space.virtual_size_peak(),
          .working_set = space.working_set.size(),
          .working_set_peak = space.working_set_peak(),
          .private_commit = space.private_commit(),
          .private_commit_peak = space.private_commit_peak(),
          .page_tables = tables_of(machine, space),
          .faults = space.faults};
}

}  // namespace mm
