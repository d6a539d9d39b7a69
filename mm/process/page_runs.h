// What the pages of the VADs are, as far as a guest can ask: which are committed, and where pages that are
// alike end (MEMORY_BASIC_INFORMATION: a region is of pages that have identical attributes). Kept as pages
// change, so that no question costs by the page.
//
// Invariants, which mm/verify compares with the entries:
// 1. A page is in `exceptions` when it is committed and its VAD says reserved, or the reverse.
// 2. A page is in `seams` when it and the page before it lie in one VAD and are not alike.
// So a new VAD has none of either. Faults, trimming and paging change neither: a page stays committed, and
// keeps its protection, wherever its content is. Whoever changes either calls page_changes.h.
#pragma once

#include "mm/process/page_set.h"
#include "mm/vad/vad.h"

namespace mm {

class PageRuns {
 public:
  // How many pages of `range`, which lies in `vad`, are committed. Costs by 1024 pages.
  PageCount committed(const Vad& vad, PageRange range) const;

  // Where the pages that are like `page` end; at the latest with `vad`, in which it lies.
  VirtualPageNumber end_of_run(const Vad& vad, VirtualPageNumber page) const {
    return seams_.next(page + PageCount{1}, vad.range().end);
  }

  // The pages of `range`, which lies in `vad`, are committed now, or reserved.
  void commit(const Vad& vad, PageRange range);
  void decommit(const Vad& vad, PageRange range);

  // All pages of `range` are alike now; whether its edges are seams is to be said anew.
  void unite(PageRange range) { seams_.erase(range); }
  void add_seam(VirtualPageNumber page) { seams_.insert(page); }
  void remove_seam(VirtualPageNumber page) { seams_.erase(page); }

  // The pages of `range` lie in no VAD any more; what lies behind them begins a VAD of its own.
  void forget(PageRange range);

  // For mm/verify.
  const PageSet& exceptions() const { return exceptions_; }
  const PageSet& seams() const { return seams_; }

 private:
  PageSet exceptions_;
  PageSet seams_;
};

}  // namespace mm
