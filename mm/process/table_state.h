// What there is in the place of the page table for a page, and where the page's entry lies. That a page has
// no entry to read has three reasons, and only one of them means that its VAD decides.
#pragma once

#include <optional>

#include "mm/base/check.h"
#include "mm/base/types.h"
#include "mm/x86/pte.h"

namespace mm {

enum class TableState : uint8_t {
  Absent,     // there is none: what its pages are, the VADs and the address space's PageRuns say
  Resident,   // it lies in a frame, and its entries can be read
  PagedOut,   // its entries are in the paging file, or on their way; no page table is paged out yet
  LargePage,  // there is none because none is needed: the PDE maps a large page; nobody maps one yet
};

// What the entry that would name the table says. An entry of no known form counts as Absent: mm/verify tells
// of it.
constexpr TableState table_state(x86::Pte pde) {
  if (pde.valid()) return pde.has(x86::Pte::kLargePage) ? TableState::LargePage : TableState::Resident;
  const x86::PteKind kind = x86::decode(pde);
  const bool somewhere = kind == x86::PteKind::PagingFile || kind == x86::PteKind::Transition;
  return somewhere ? TableState::PagedOut : TableState::Absent;
}

static_assert(table_state({}) == TableState::Absent);
static_assert(table_state(x86::decommitted_pde()) == TableState::Absent);
static_assert(table_state(x86::partly_decommitted_pde()) == TableState::Absent);

// Stops the program where a table is in a state that nothing brings about yet, so that nobody has an answer.
[[noreturn]] inline void no_answer_to(TableState state) {
  check_failed("no page table in this state",
               state == TableState::PagedOut ? "a page table that is paged out" : "a large page", __FILE__,
               __LINE__);
}

// Where the PTE for a page lies.
class EntryPlace {
 public:
  explicit constexpr EntryPlace(PhysicalAddress at) : table_(TableState::Resident), at_(at) {}
  // There is no entry to be read, for this reason.
  explicit constexpr EntryPlace(TableState table) : table_(table) {}

  constexpr TableState table() const { return table_; }
  // Where the entry lies; stops the program when its table is not resident.
  PhysicalAddress at() const {
    MM_CHECK(table_ == TableState::Resident, "the entry of a page table that is not resident");
    return at_;
  }
  // None when the entry cannot be read, for callers to whom the reason does not matter.
  constexpr std::optional<PhysicalAddress> if_resident() const {
    return table_ == TableState::Resident ? std::optional(at_) : std::nullopt;
  }

 private:
  TableState table_;
  PhysicalAddress at_{};
};

}  // namespace mm
