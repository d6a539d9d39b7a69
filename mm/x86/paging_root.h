// What CR3 holds of an address space: where the processor's walk begins.
#pragma once

#include "mm/base/types.h"
#include "mm/x86/paging_mode.h"

namespace mm::x86 {

class PagingRoot {
 public:
  constexpr PagingRoot() = default;
  constexpr PagingRoot(PagingMode mode, PageFrameNumber frame) : frame_(frame), mode_(mode) {}

  constexpr PagingMode mode() const { return mode_; }
  // The frame that CR3 names: that of the page directory.
  constexpr PageFrameNumber frame() const { return frame_; }
  constexpr bool operator==(const PagingRoot&) const = default;

 private:
  PageFrameNumber frame_;
  PagingMode mode_ = PagingMode::ThirtyTwoBit;
};

}  // namespace mm::x86
