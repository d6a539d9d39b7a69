// A TLB that remembers what it was told.
#pragma once

#include <vector>

#include "mm/base/ports.h"

namespace mm::test {

struct RecordingTlb final : Tlb {
  struct Invalidation {
    VirtualPageNumber page;
    PageFrameNumber frame;
  };
  std::vector<Invalidation> invalidated;
  std::vector<PageFrameNumber> discarded;
  int flushes = 0;

  void invalidate(VirtualPageNumber page, PageFrameNumber frame) override {
    invalidated.push_back({page, frame});
  }
  void invalidate_all() override { ++flushes; }
  void discard_code(PageFrameNumber frame) override { discarded.push_back(frame); }
};

}  // namespace mm::test
