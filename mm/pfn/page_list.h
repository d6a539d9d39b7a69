// A list of frames, linked through their PFN database entries. Oldest first. Only PfnDatabase links and
// unlinks.
#pragma once

#include "mm/pfn/page_frame.h"

namespace mm {

class PageList {
 public:
  PageCount size() const { return size_; }
  bool empty() const { return size_.value == 0; }
  uint32_t head() const { return head_; }  // PageFrame::kNone when empty
  uint32_t tail() const { return tail_; }

 private:
  friend class PfnDatabase;

  uint32_t head_ = PageFrame::kNone;
  uint32_t tail_ = PageFrame::kNone;
  PageCount size_;
};

}  // namespace mm
