// Which slots of a paging file are in use. Slot 0 never is: in a PTE it means demand-zero.
#pragma once

#include <cstdint>
#include <vector>

#include "mm/base/types.h"

namespace mm {

// Slots [first, first + size).
struct SlotRun {
  uint32_t first = 0;
  PageCount size;
};

class SlotMap {
 public:
  // Adds room for `slots` more.
  void extend(PageCount slots);

  // Takes the next free slots that lie together, at most `wanted`, beginning with the place where the last
  // run ended, so that neighbours in time are neighbours on disk. Empty when none is free.
  SlotRun allocate(PageCount wanted);
  void release(uint32_t slot);

  bool in_use(uint32_t slot) const { return slot < bits_.size() && bits_[slot]; }
  PageCount used() const { return used_; }
  PageCount capacity() const { return {static_cast<uint32_t>(bits_.size()) - 1}; }

 private:
  uint32_t find_free(uint32_t from, uint32_t to) const;
  SlotRun claim(uint32_t first, PageCount wanted);

  std::vector<bool> bits_{true};
  PageCount used_;
  uint32_t next_ = 1;
};

}  // namespace mm
