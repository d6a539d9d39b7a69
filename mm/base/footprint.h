// What has been written of the memory manager's books since it was last looked at, so that a check can cost
// by what a step did and not by what there is (mm/verify/step_audit.h). Whoever writes a book notes what it
// wrote; unless somebody keeps a footprint, a note costs the test of a flag.
#pragma once

#include <span>
#include <vector>

#include "mm/base/address_space_id.h"
#include "mm/base/types.h"

namespace mm {

class Footprint {
 public:
  // Pages whose VAD, or whose run of pages that are alike, was written.
  struct Pages {
    AddressSpaceId space;
    PageRange range;

    bool operator==(const Pages&) const = default;
  };

  // From now on everything is noted. The only call that allocates.
  void keep() {
    kept_ = true;
    frames_.reserve(kMost);
    entries_.reserve(kMost);
    pages_.reserve(kMost);
  }

  void note_frame(PageFrameNumber frame) { note(frames_, frame); }  // its entry in the PFN database
  void note_entry(PhysicalAddress at) { note(entries_, at); }       // a page-table or page-directory entry
  void note_pages(AddressSpaceId space, PageRange range) { note(pages_, Pages{space, range}); }

  // More was written than can be noted: everything has to be looked at.
  bool overflowed() const { return overflowed_; }
  // In the order in which they were written; some come more than once.
  std::span<const PageFrameNumber> frames() const { return frames_; }
  std::span<const PhysicalAddress> entries() const { return entries_; }
  std::span<const Pages> pages() const { return pages_; }

  void clear() {
    frames_.clear();
    entries_.clear();
    pages_.clear();
    overflowed_ = false;
  }

 private:
  static constexpr size_t kMost = 1 << 16;

  template <class Item>
  void note(std::vector<Item>& items, Item item) {
    if (!kept_) return;
    if (!items.empty() && items.back() == item) return;
    if (items.size() == kMost) {
      overflowed_ = true;
    } else {
      items.push_back(item);
    }
  }

  bool kept_ = false, overflowed_ = false;
  std::vector<PageFrameNumber> frames_;
  std::vector<PhysicalAddress> entries_;
  std::vector<Pages> pages_;
};

}  // namespace mm
