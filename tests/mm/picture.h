// The whole picture: every count of a machine at once, so that what a step changed beside what it should have
// fails a test too. The difference of two pictures is compared with the changes that are expected, named one
// by one; all others are expected to be none.
#pragma once

#include <cstdint>
#include <ostream>

#include "mm/verify/verify.h"
#include "tests/mm/test_machine.h"

namespace mm::test {

// clang-format off
#define MM_TEST_PICTURE(X)                                                                               \
  X(zeroed) X(free) X(standby) X(modified) X(active) X(transition) X(bad) /* frames */                   \
  X(working_set) X(page_tables) X(private_commit) /* of the process */                                   \
  X(commit) X(commit_limit) X(slots) X(reads) X(read_operations) X(writes) X(write_operations)           \
  X(demand_zero) X(cached) X(pagefile) X(guard) X(access_violation) X(in_page_error) /* faults */        \
  X(soft) X(hard) X(faults)
// clang-format on

struct Picture {
#define MM_TEST_FIELD(name) int64_t name = 0;
  MM_TEST_PICTURE(MM_TEST_FIELD)
#undef MM_TEST_FIELD

  bool operator==(const Picture&) const = default;
  friend Picture operator-(const Picture& a, const Picture& b) {
#define MM_TEST_FIELD(name) .name = a.name - b.name,
    return {MM_TEST_PICTURE(MM_TEST_FIELD)};
#undef MM_TEST_FIELD
  }
  friend std::ostream& operator<<(std::ostream& out, const Picture& picture) {
#define MM_TEST_FIELD(name) \
  if (picture.name != 0) out << #name " " << picture.name << "; ";
    MM_TEST_PICTURE(MM_TEST_FIELD)
#undef MM_TEST_FIELD
    return out;
  }
};

inline Picture picture_of(const MemoryStatistics& machine, const ProcessStatistics& process) {
  int64_t standby = 0;
  for (const PageCount pages : machine.physical.standby) standby += pages.value;
  const auto count = [](auto number) { return static_cast<int64_t>(number); };
  return {.zeroed = machine.physical.zeroed.value,
          .free = machine.physical.free.value,
          .standby = standby,
          .modified = machine.physical.modified.value,
          .active = machine.physical.active.value,
          .transition = machine.physical.transition.value,
          .bad = machine.physical.bad.value,
          .working_set = process.working_set.value,
          .page_tables = process.page_tables.value,
          .private_commit = process.private_commit.value,
          .commit = machine.commit.charge.value,
          .commit_limit = machine.commit.limit.value,
          .slots = machine.pagefile.used.value,
          .reads = machine.pagefile.reads.value,
          .read_operations = count(machine.pagefile.read_operations),
          .writes = machine.pagefile.writes.value,
          .write_operations = count(machine.pagefile.write_operations),
          .demand_zero = count(process.faults.demand_zero),
          .cached = count(process.faults.transition),
          .pagefile = count(process.faults.pagefile),
          .guard = count(process.faults.guard),
          .access_violation = count(process.faults.access_violation),
          .in_page_error = count(process.faults.in_page_error),
          .soft = count(process.faults.soft),
          .hard = count(process.faults.hard),
          .faults = count(process.faults.total)};
}

inline Picture picture_of(const TestMachine& machine) {
  return picture_of(machine.manager->statistics(), machine.manager->statistics(*machine.space));
}

// What the machine below the memory manager is, to be driven step by step.
inline MachineState& state_of(TestMachine& machine) {
  return const_cast<MachineState&>(machine.manager->state());
}

// Nothing disagrees; a check that says what does.
inline void check_consistent(const TestMachine& machine) {
  const auto disagreement = find_disagreement(machine.manager->state());
  INFO(disagreement.value_or("consistent"));
  CHECK_FALSE(disagreement);
}

}  // namespace mm::test
