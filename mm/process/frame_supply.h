// Where frames for new content come from: the zeroed, free and standby lists, in the order that Windows takes
// them (Windows Internals, "Page list dynamics"). Trimming is not its business: when nothing is available it
// says so.
#pragma once

#include <optional>

#include "mm/base/events.h"
#include "mm/base/ports.h"
#include "mm/pfn/pfn_database.h"
#include "mm/process/page_tables.h"

namespace mm {

class FrameSupply {
 public:
  FrameSupply(PhysicalMemory ram, PfnDatabase& pfns, PageTables& tables, Tlb& tlb, const Announcer& announce)
      : ram_(ram), pfns_(pfns), tables_(tables), tlb_(tlb), announce_(announce) {}

  // A frame in transition, which the caller activates, pins or releases; none when none is available.
  std::optional<PageFrameNumber> take_zeroed();  // all zeros
  std::optional<PageFrameNumber> take_any();     // about to be overwritten

  // Zeroes the oldest free frame; false when there is none.
  bool zero_one();

 private:
  PageFrameNumber take(PageFrameNumber frame);
  void zero(PageFrameNumber frame);

  PhysicalMemory ram_;
  PfnDatabase& pfns_;
  PageTables& tables_;
  Tlb& tlb_;
  const Announcer& announce_;
};

}  // namespace mm
