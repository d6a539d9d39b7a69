// The working set of an address space: its valid pages, in the order in which they came in (Windows
// Internals, "Working sets": the working set list). What is remembered of a valid page lies here and not in
// its frame, since a frame may be in several working sets, in each with another protection.
//
// An entry is named by its index, which the frame of a private page remembers (PageFrame::working_set_index).
// A page that leaves leaves a hole behind, so that the order of the others stays; compact() moves the entries
// together before there are more than half as many holes as entries. So the bookkeeping is at most 6
// bytes a page, and a page that leaves costs the moving of two entries at most.
#pragma once

#include <cstdint>
#include <span>

#include "mm/base/check.h"
#include "mm/base/types.h"
#include "mm/x86/protection.h"

namespace mm {

// One word: 20 bits of page, 7 of age, 5 of protection. Page 0, which no process has, marks a hole.
class WorkingSetEntry {
 public:
  static constexpr uint8_t kOldest = 127;

  constexpr WorkingSetEntry() = default;
  constexpr WorkingSetEntry(VirtualPageNumber page, x86::Protection protection)
      : word_(page.value() << kPageBit | protection.code) {}

  constexpr bool hole() const { return word_ == 0; }
  constexpr VirtualPageNumber page() const { return VirtualPageNumber(word_ >> kPageBit); }
  // Aging passes since the page was last seen used.
  constexpr uint8_t age() const { return word_ >> kAgeBit & kOldest; }
  constexpr x86::Protection protection() const { return {static_cast<uint8_t>(word_ & kProtectionMask)}; }
  constexpr void set_age(uint8_t age) {
    word_ = (word_ & ~(uint32_t{kOldest} << kAgeBit)) | uint32_t{age} << kAgeBit;
  }
  constexpr WorkingSetEntry with_protection(x86::Protection protection) const {
    WorkingSetEntry changed = *this;
    changed.word_ = (word_ & ~kProtectionMask) | protection.code;
    return changed;
  }

 private:
  static constexpr uint32_t kProtectionMask = 31;
  static constexpr uint32_t kAgeBit = 5, kPageBit = 12;

  uint32_t word_ = 0;
};

static_assert(sizeof(WorkingSetEntry) == 4, "with half as many holes, 6 bytes a page");

class WorkingSet {
 public:
  using Index = uint32_t;

  // Takes address space of the host's for every page that a process can have, and memory as pages come in.
  WorkingSet();
  ~WorkingSet();
  WorkingSet(const WorkingSet&) = delete;
  WorkingSet& operator=(const WorkingSet&) = delete;

  PageCount size() const { return size_; }
  // Every index is below it; some are holes'.
  Index end() const { return end_; }
  const WorkingSetEntry& operator[](Index index) const { return entries_[index]; }
  // All entries, holes among them, for the replacement policy: it alone changes ages.
  std::span<WorkingSetEntry> entries() { return {entries_, end_}; }
  // The entry of a valid page, whose frame says which it is.
  const WorkingSetEntry& entry_of(VirtualPageNumber page, Index index) const {
    MM_CHECK(entries_[index].page() == page, "a valid page that its working set does not know");
    return entries_[index];
  }

  // Adds a page as the newest, of age 0. Whoever adds one has made sure that holes do not prevail.
  Index add(VirtualPageNumber page, x86::Protection protection) {
    MM_CHECK(end_ < kMost, "a working set larger than its address space");
    entries_[end_] = WorkingSetEntry(page, protection);
    ++size_;
    return end_++;
  }
  void remove(Index index) {
    MM_CHECK(index < end_ && !entries_[index].hole(), "not in the working set");
    entries_[index] = WorkingSetEntry();
    --size_;
    while (end_ > 0 && entries_[end_ - 1].hole()) --end_;
  }
  void set_protection(Index index, x86::Protection protection) {
    entries_[index] = entries_[index].with_protection(protection);
  }

  // Whether compact() is due before the next add().
  bool holes_prevail() const { return end_ >= size_.value + size_.value / 2 + kHolesTolerated; }
  // Closes the holes, and calls `moved(page, index)` for each entry that got another index.
  template <class Moved>
  void compact(Moved&& moved) {
    Index to = 0;
    for (Index from = 0; from < end_; ++from) {
      if (entries_[from].hole()) continue;
      entries_[to] = entries_[from];
      if (to != from) moved(entries_[to].page(), to);
      ++to;
    }
    end_ = to;
    give_back_memory();
  }

 private:
  static constexpr Index kHolesTolerated = 64;
  static constexpr Index kMost = kSystemBase.page().value() * 3 / 2 + kHolesTolerated;

  void give_back_memory();  // behind the last entry

  WorkingSetEntry* entries_;
  Index end_ = 0;
  PageCount size_;
};

}  // namespace mm
