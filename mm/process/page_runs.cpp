#include "mm/process/page_runs.h"

namespace mm {

PageCount PageRuns::committed(const Vad& vad, PageRange range) const {
  const PageCount exceptions = exceptions_.count(range);
  return vad.backing() == VadBacking::Committed ? range.size() - exceptions : exceptions;
}

void PageRuns::commit(const Vad& vad, PageRange range) {
  vad.backing() == VadBacking::Committed ? exceptions_.erase(range) : exceptions_.insert(range);
}

void PageRuns::decommit(const Vad& vad, PageRange range) {
  vad.backing() == VadBacking::Committed ? exceptions_.insert(range) : exceptions_.erase(range);
}

void PageRuns::forget(PageRange range) {
  exceptions_.erase(range);
  seams_.erase({range.begin, range.end + PageCount{1}});
}

}  // namespace mm
