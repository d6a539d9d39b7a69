#include "mm/balance/modified_writer.h"

#include <array>

namespace mm {
namespace {

// Pages on their way out together.
struct Cluster {
  std::array<PageFrameNumber, kClusterPages> frames;
  std::array<const std::byte*, kClusterPages> bytes;
  size_t size = 0;
};

Cluster gather(MachineState& machine) {
  Cluster cluster;
  while (cluster.size < kClusterPages) {
    const auto frame = machine.pfns.next_modified();
    if (!frame) break;
    machine.pfns.begin_write(*frame);
    cluster.bytes[cluster.size] = machine.ram.frame(*frame).data();
    cluster.frames[cluster.size++] = *frame;
  }
  return cluster;
}

// Back to where they were, in their old order.
void abandon(MachineState& machine, const Cluster& cluster, size_t first) {
  for (size_t i = cluster.size; i-- > first;) machine.pfns.abandon_write(cluster.frames[i]);
}

Result<PageCount> write_cluster(MachineState& machine) {
  const Cluster cluster = gather(machine);
  if (cluster.size == 0) return PageCount{0};
  const auto run = machine.pagefile.write_cluster({cluster.bytes.data(), cluster.size});
  if (!run) {
    abandon(machine, cluster, 0);
    return fail(run.error());
  }
  for (uint32_t i = 0; i < run->size.value; ++i) {
    machine.pfns.finish_write(cluster.frames[i], {.file = 0, .slot = run->first + i});
    machine.announce({.kind = Event::Kind::SlotWritten, .frame = cluster.frames[i], .value = run->first + i});
  }
  abandon(machine, cluster, run->size.value);
  return run->size;
}

}  // namespace

Result<PageCount> write_modified(MachineState& machine, PageCount wanted) {
  PageCount written;
  while (written < wanted) {
    const Result<PageCount> cluster = write_cluster(machine);
    if (!cluster) return written > PageCount{0} ? Result<PageCount>(written) : fail(cluster.error());
    if (*cluster == PageCount{0}) break;
    written += *cluster;
  }
  return written;
}

}  // namespace mm
