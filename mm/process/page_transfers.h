// Pages on their way between RAM and a backing. Their frames are in transition, and arrive when the device is
// through with them: on the standby list, where whoever waited for the page finds it (Windows Internals,
// "Page fault handling", collided page faults; "Modified page writer").
//
// The bytes move when a transfer begins, and whether they could is known then. What a device adds is the time
// until anybody gets to see it. One that takes none has each transfer end where it begins.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <span>

#include "mm/base/machine_clock.h"
#include "mm/pagefile/device.h"
#include "mm/pagefile/storage.h"
#include "mm/pfn/pfn_database.h"

namespace mm {

class PageTransfers {
 public:
  // `clock` may be null where the device takes no time.
  PageTransfers(PagingDevice device, MachineClock* clock, PfnDatabase& pfns)
      : device_(device), clock_(clock), pfns_(pfns) {}

  bool take_time() const { return device_.takes_time(); }

  // Of the pages in `frames`, at most kClusterPages, which are stored from `first` on.
  void begin(TransferDirection direction, x86::PagingFileSlot first, std::span<const PageFrameNumber> frames);
  // The pages arrive that the device is through with.
  void end_due() {
    if (__builtin_expect(!under_way_.empty(), 0)) end_those_due();
  }
  // The page in `frame` is gone while it is under way: nobody will find it, and its frame becomes free when
  // it arrives.
  void abandon(PageFrameNumber frame) { pfns_.disown(frame); }

  // When the next ones arrive; none while nothing is under way.
  std::optional<Time> next_end() const;
  // When this one does, which is under way.
  Time end_of(PageFrameNumber frame) const;
  bool carries(PageFrameNumber frame) const { return find(frame) != nullptr; }
  // Lets time pass until the next ones have arrived; false while nothing is under way.
  bool wait_for_next();

  // Frames that will be available when they arrive.
  PageCount on_their_way_out() const { return on_their_way_out_; }
  // Calls `visit(frame)` for each that is under way.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (const Transfer& transfer : under_way_)
      for (const PageFrameNumber frame : transfer.pages()) visit(frame);
  }

 private:
  struct Transfer {
    Time end;
    TransferDirection direction;
    uint8_t size;
    std::array<PageFrameNumber, kClusterPages> frames;

    std::span<const PageFrameNumber> pages() const { return {frames.data(), size}; }
  };

  const Transfer* find(PageFrameNumber frame) const;
  void end_those_due();
  void arrive(PageFrameNumber frame);

  PagingDevice device_;
  MachineClock* clock_;
  PfnDatabase& pfns_;
  std::deque<Transfer> under_way_;  // in the order in which they end
  PageCount on_their_way_out_;
};

}  // namespace mm
