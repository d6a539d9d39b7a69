#include "mm/pagefile/slot_map.h"

#include <algorithm>

#include "mm/base/check.h"

namespace mm {

void SlotMap::extend(PageCount slots) { bits_.resize(bits_.size() + slots.value, false); }

SlotRun SlotMap::allocate(PageCount wanted) {
  if (used_ == capacity()) return {};
  const auto end = static_cast<uint32_t>(bits_.size());
  uint32_t first = find_free(next_, end);
  if (first == end) first = find_free(1, end);
  return claim(first, wanted);
}

void SlotMap::release(uint32_t slot) {
  MM_CHECK(slot != 0 && in_use(slot), "a slot released that was not in use");
  bits_[slot] = false;
  --used_;
}

uint32_t SlotMap::find_free(uint32_t from, uint32_t to) const {
  const auto found = std::find(bits_.begin() + std::min(from, to), bits_.begin() + to, false);
  return static_cast<uint32_t>(found - bits_.begin());
}

SlotRun SlotMap::claim(uint32_t first, PageCount wanted) {
  SlotRun run{first, {}};
  while (run.size < wanted && first < bits_.size() && !bits_[first]) {
    bits_[first++] = true;
    ++run.size;
  }
  used_ += run.size;
  next_ = first < bits_.size() ? first : 1;
  return run;
}

}  // namespace mm
