#include "mm/balance/modified_writer.h"

#include <array>

namespace mm {
namespace {

// Pages on their way out together.
struct Cluster {
  std::array<PageFrameNumber, kClusterPages> frames;
  std::array<OutgoingPage, kClusterPages> pages;
  size_t size = 0;
};

Cluster gather(MachineState& machine) {
  Cluster cluster;
  while (cluster.size < kClusterPages) {
    const auto frame = machine.pfns.next_modified();
    if (!frame) break;
    machine.pfns.begin_write(*frame);
    cluster.pages[cluster.size] = {machine.ram.frame(*frame).data(), machine.pfns[*frame].original};
    cluster.frames[cluster.size++] = *frame;
  }
  return cluster;
}

// Back to where they were, in their old order.
void abandon(MachineState& machine, const Cluster& cluster, size_t first) {
  for (size_t i = cluster.size; i-- > first;) machine.pfns.abandon_write(cluster.frames[i]);
}

// They are stored, and arrive when the device is through with them.
void send_off(MachineState& machine, const Cluster& cluster, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const x86::Pte stored = cluster.pages[i].stored;
    machine.pfns.note_written(cluster.frames[i], stored);
    machine.announce(
        {.kind = Event::Kind::SlotWritten, .frame = cluster.frames[i], .value = stored.slot().slot});
  }
  machine.transfers.begin(TransferDirection::Write, cluster.pages[0].stored.slot(),
                          {cluster.frames.data(), count});
}

Result<PageCount> write_cluster(MachineState& machine) {
  Cluster cluster = gather(machine);
  if (cluster.size == 0) return PageCount{0};
  Backing& backing = machine.backing_of(cluster.pages[0].stored);
  const auto written = backing.write({cluster.pages.data(), cluster.size});
  const uint32_t done = written ? written->value : 0;
  if (done > 0) send_off(machine, cluster, done);
  abandon(machine, cluster, done);
  return written;
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
