// Slots of a paging file in somebody's hands: what is not kept goes back to the file by itself, as a commit
// charge does. Kept slots are in page-table entries and in the PFN database, and are taken into hands again
// to be given back.
#pragma once

#include <utility>

#include "mm/pagefile/slot_map.h"
#include "mm/x86/pte.h"

namespace mm {

class Slot {
 public:
  Slot(SlotMap& map, x86::PagingFileSlot slot) : map_(&map), slot_(slot) {}
  Slot(Slot&& other) noexcept : map_(std::exchange(other.map_, nullptr)), slot_(other.slot_) {}
  Slot& operator=(Slot&&) = delete;
  ~Slot() {
    if (map_ != nullptr) map_->release(slot_.slot);
  }

  // Keeps the slot: an entry or a frame names it from now on.
  x86::PagingFileSlot keep() && {
    map_ = nullptr;
    return slot_;
  }

 private:
  SlotMap* map_;
  x86::PagingFileSlot slot_;
};

// Slots one behind the other.
class Slots {
 public:
  Slots(SlotMap& map, uint8_t file, SlotRun run) : map_(&map), file_(file), run_(run) {}
  Slots(Slots&& other) noexcept
      : map_(other.map_), file_(other.file_), run_(std::exchange(other.run_, SlotRun{})) {}
  Slots& operator=(Slots&&) = delete;
  ~Slots() {
    while (size() > PageCount{0}) take();
  }

  uint32_t first() const { return run_.first; }
  PageCount size() const { return run_.size; }
  // Takes the first of them out.
  Slot take() {
    --run_.size;
    return Slot(*map_, {.file = file_, .slot = run_.first++});
  }

 private:
  SlotMap* map_;
  uint8_t file_;
  SlotRun run_;
};

}  // namespace mm
