// A paging file that grows when commit needs it (Windows Internals, "Paging files": minimum and maximum
// size).
#pragma once

#include "mm/commit/commit_account.h"
#include "mm/pagefile/paging_file.h"

namespace mm {

class PagingFileExtender final : public CommitLimitExtender {
 public:
  explicit PagingFileExtender(PagingFile& file) : file_(file) {}

  PageCount extend(PageCount pages) override { return file_.grow(pages); }
  PageCount room() const override { return file_.room(); }

 private:
  PagingFile& file_;
};

}  // namespace mm
