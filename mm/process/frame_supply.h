// Where frames for new content come from: the zeroed, free and standby lists, in the order that Windows takes
// them (Windows Internals, "Page list dynamics"). Trimming is not its business: when no frame is available,
// the supply says so.
//
// The last frames are kept for content that the paging file already has. When the paging file can no longer
// be written, such pages can still be read, a few at a time: they stay clean, so that their frames can be
// taken again, while new content would keep its frames for ever. The frames between the two reserves are for
// the first guest that is told of the failure, since its exception handler needs a stack.
#pragma once

#include <optional>

#include "mm/base/events.h"
#include "mm/base/ports.h"
#include "mm/pagefile/paging_file.h"
#include "mm/pfn/pfn_database.h"
#include "mm/process/page_tables.h"

namespace mm {

// Enough for the pages that stay while one instruction needs them (trimmer.h), and for some on their way.
inline constexpr PageCount kReadersReserve{10};
// As much, and enough for a stack and the data of a few DLLs.
inline constexpr PageCount kFullReserve{kReadersReserve.value + 16};

// Without a paging file nothing can be read back, and every frame can be given out.
inline PageCount full_reserve(const PagingFile& file) {
  return file.maximum() > PageCount{0} ? kFullReserve : PageCount{0};
}

class FrameSupply {
 public:
  FrameSupply(PhysicalMemory ram, PfnDatabase& pfns, PageTables& tables, Tlb& tlb, const Announcer& announce)
      : ram_(ram), pfns_(pfns), tables_(tables), tlb_(tlb), announce_(announce) {}

  // A frame in transition, which the caller activates, pins or releases; none when none is available.
  std::optional<PageFrameNumber> take_zeroed();  // all zeros, for new content: leaves the reserve
  std::optional<PageFrameNumber> take_any();     // about to be overwritten by what the paging file holds

  // Whether there is a frame beyond the reserve, so that one may come to hold new content. Pages that are
  // held back from being written count as the reserve's.
  bool spare() const {
    const PageCount available = pfns_.available();
    return available > PageCount{0} && available + tables_.held_back() > reserve_;
  }
  PageCount reserve() const { return reserve_; }
  void keep_reserve(PageCount frames) { reserve_ = frames; }

  // Zeroes the oldest free frame; false when there is none.
  bool zero_one();

 private:
  void take_from_owner(PageFrameNumber frame);
  PageFrameNumber take(PageFrameNumber frame);
  void zero(PageFrameNumber frame);

  PhysicalMemory ram_;
  PfnDatabase& pfns_;
  PageTables& tables_;
  Tlb& tlb_;
  const Announcer& announce_;
  PageCount reserve_ = kFullReserve;
};

}  // namespace mm
