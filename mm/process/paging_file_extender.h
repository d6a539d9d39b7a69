// A paging file that grows when commit needs it (Windows Internals, "Paging files": minimum and maximum
// size).
#pragma once

#include "mm/commit/commit_account.h"
#include "mm/pagefile/paging_file.h"

namespace mm {

class PagingFileExtender final : public CommitLimitExtender {
 public:
  explicit PagingFileExtender(PagingFile& file) : file_(file) {}

  // A charge that will be refused anyway takes no room on the disk.
  PageCount extend(PageCount pages) override {
    return pages <= file_.room() ? file_.grow(pages) : PageCount{0};
  }

 private:
  PagingFile& file_;
};

}  // namespace mm
