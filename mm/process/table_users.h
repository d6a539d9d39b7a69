// How many VADs whose untouched pages are committed reach into the pages of each page table. A table is
// charged while any does, whether it exists or not, so that no fault fails for want of commit. What is only
// reserved is charged nothing ("without allocating any actual physical storage in memory or in the paging
// file": Microsoft's page on VirtualAlloc).
#pragma once

#include <cstdint>
#include <vector>

#include "mm/x86/layout.h"

namespace mm {

class TableUsers {
 public:
  explicit TableUsers(x86::PagingMode mode) : mode_(mode), users_(x86::user_tables(mode)) {}

  // Counts one user more for each table that maps pages of `range`.
  void add(PageRange range) {
    for (VirtualPageNumber page = range.begin; page < range.end; page = x86::next_table(mode_, page))
      ++(*this)[page];
  }

  // The users of the table that maps `page` of the user half, or would.
  uint16_t operator[](VirtualPageNumber page) const { return users_[x86::table_number(mode_, page)]; }
  uint16_t& operator[](VirtualPageNumber page) { return users_[x86::table_number(mode_, page)]; }

 private:
  x86::PagingMode mode_;
  std::vector<uint16_t> users_;  // by the number of the table
};

}  // namespace mm
