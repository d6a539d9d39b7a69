// A backing keeps pages that need no frame: a paging file does, and a mapped file will. Whoever resolves a
// fault or writes modified pages speaks to a backing, and does not know of which kind it is.
//
// `stored` says where a page is kept: it is a page-table entry that is not valid, or what a frame remembers
// of its content (PageFrame::original). What was written stays readable until it is given up, whatever later
// writes do.
#pragma once

#include <cstddef>
#include <span>

#include "mm/base/result.h"
#include "mm/base/types.h"
#include "mm/x86/pte.h"

namespace mm {

// A modified page on its way out.
struct OutgoingPage {
  const std::byte* content;  // kPageSize bytes
  x86::Pte stored;           // what its frame remembers of where it is; once it is written, where it is now
};

class Backing {
 public:
  virtual ~Backing() = default;

  // Reads the page that `first` names, and those behind it, into `pages` of kPageSize bytes each, at most
  // kClusterPages. Reads all of them, or returns an I/O error and leaves their contents void.
  virtual NtStatus read(x86::Pte first, std::span<std::byte* const> pages) = 0;
  // Writes the first of `pages`, as many as find room together, says of each where it is, and returns how
  // many. At most kClusterPages. On failure nothing is kept that was not before; STATUS_DISK_FULL when there
  // is no room for one.
  virtual Result<PageCount> write(std::span<OutgoingPage> pages) = 0;
  // The status of the last write, Success before the first. That there was no room is no failure of the
  // device.
  virtual NtStatus writing() const = 0;
  // Gives up what is kept there: nobody needs it any more.
  virtual void give_up(x86::Pte stored) = 0;
};

}  // namespace mm
