// The VADs of one address space: a height-balanced tree ordered by address, in which every node knows the
// largest gap below it, so that finding a VAD and finding room are both logarithmic.
//
// Room is counted in granules of 64 KB: an allocation starts at a multiple of the allocation granularity, so
// what a VAD leaves of its last granule is no room.
#pragma once

#include <memory>
#include <optional>

#include "mm/vad/vad.h"

namespace mm {

enum class Search : uint8_t { LowestFirst, HighestFirst };

class VadTree {
 public:
  const Vad* find(VirtualPageNumber page) const;
  Vad* find(VirtualPageNumber page) { return const_cast<Vad*>(std::as_const(*this).find(page)); }

  // The VAD with the lowest address that ends after `page`; null when there is none.
  const Vad* at_or_after(VirtualPageNumber page) const;
  bool overlaps(PageRange range) const;

  // Where there is room for `size` pages inside `bounds`, beginning with a granule, as `bounds` does; none
  // when there is none.
  std::optional<VirtualPageNumber> find_room(PageCount size, PageRange bounds, Search search) const;

  // Inserts a VAD that overlaps none of the tree. Never fails.
  Vad& insert(std::unique_ptr<Vad> vad);
  std::unique_ptr<Vad> remove(const Vad& vad);
  // Shortens a VAD that is in the tree; the new range lies inside the old one.
  void shrink(Vad& vad, PageRange range);

  PageCount size() const { return {size_}; }  // VADs
  PageCount pages() const { return pages_; }  // of all VADs

  // The shape of the tree, for those who look: how many nodes lie above a VAD that is in it (the root: 0),
  // and how many levels there are.
  uint32_t depth(const Vad& vad) const;
  uint32_t height() const { return root_ == nullptr ? 0 : static_cast<uint32_t>(root_->height_); }

  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for_each_below(root_.get(), visit);
  }

 private:
  using Link = std::unique_ptr<Vad>;
  struct Room;

  static void refresh(Vad& node);
  static void rotate_left(Link& link);
  static void rotate_right(Link& link);
  static void rebalance(Link& link);
  static void insert_below(Link& link, Link added);
  static Link remove_below(Link& link, VirtualPageNumber begin);
  static Link remove_lowest(Link& link);
  static void refresh_path(Link& link, VirtualPageNumber begin);
  static std::optional<uint32_t> room_below(const Vad* node, uint32_t floor, uint32_t ceiling,
                                            const Room& room);

  template <class Visitor>
  static void for_each_below(const Vad* node, Visitor&& visit) {
    if (node == nullptr) return;
    for_each_below(node->left_.get(), visit);
    visit(*node);
    for_each_below(node->right_.get(), visit);
  }

  Link root_;
  uint32_t size_ = 0;
  PageCount pages_;
  mutable const Vad* recent_ = nullptr;  // what the last find found: faults come in runs
};

}  // namespace mm
