#include "mm/vad/vad_tree.h"

#include <algorithm>

#include "mm/base/check.h"

namespace mm {
namespace {

constexpr uint32_t kPagesPerGranule = kAllocationGranularity / kPageSize;

uint32_t granule_down(VirtualPageNumber page) { return page.value() / kPagesPerGranule; }
uint32_t granule_up(VirtualPageNumber page) {
  return (page.value() + kPagesPerGranule - 1) / kPagesPerGranule;
}
uint32_t begin_granule(const Vad& vad) { return granule_down(vad.range().begin); }
uint32_t end_granule(const Vad& vad) { return granule_up(vad.range().end); }

uint32_t gap_between(uint32_t end, uint32_t begin) { return begin > end ? begin - end : 0; }

}  // namespace

// What find_room looks for.
struct VadTree::Room {
  uint32_t size;   // granules
  uint32_t floor;  // granules: the bounds
  uint32_t ceiling;
  Search search;
};

const Vad* VadTree::find(VirtualPageNumber page) const {
  if (recent_ != nullptr && recent_->range().contains(page)) return recent_;
  const Vad* node = root_.get();
  while (node != nullptr && !node->range().contains(page)) {
    node = page < node->range().begin ? node->left_.get() : node->right_.get();
  }
  if (node != nullptr) recent_ = node;
  return node;
}

const Vad* VadTree::at_or_after(VirtualPageNumber page) const {
  const Vad* found = nullptr;
  for (const Vad* node = root_.get(); node != nullptr;) {
    if (node->range().end > page) {
      found = node;
      node = node->left_.get();
    } else {
      node = node->right_.get();
    }
  }
  return found;
}

uint32_t VadTree::depth(const Vad& vad) const {
  uint32_t above = 0;
  const Vad* node = root_.get();
  for (; node != nullptr && node != &vad; ++above) {
    node = vad.range().begin < node->range().begin ? node->left_.get() : node->right_.get();
  }
  MM_CHECK(node == &vad, "a VAD that is in no tree");
  return above;
}

bool VadTree::overlaps(PageRange range) const {
  const Vad* vad = at_or_after(range.begin);
  return vad != nullptr && vad->range().overlaps(range);
}

std::optional<VirtualPageNumber> VadTree::find_room(PageCount size, PageRange bounds, Search search) const {
  const Room room{.size = (size.value + kPagesPerGranule - 1) / kPagesPerGranule,
                  .floor = granule_up(bounds.begin),
                  .ceiling = granule_down(bounds.end),
                  .search = search};
  const auto found = room_below(root_.get(), room.floor, room.ceiling, room);
  if (!found) return std::nullopt;
  return VirtualPageNumber(*found * kPagesPerGranule);
}

// [floor, ceiling) is free but for the VADs below `node`. A branch is entered only when it holds a gap that
// is large enough, so that but for the nodes on the edge of the bounds the first descent succeeds.
std::optional<uint32_t> VadTree::room_below(const Vad* node, uint32_t floor, uint32_t ceiling,
                                            const Room& room) {
  floor = std::max(floor, room.floor);
  ceiling = std::min(ceiling, room.ceiling);
  if (gap_between(floor, ceiling) < room.size) return std::nullopt;
  if (node == nullptr) return room.search == Search::LowestFirst ? floor : ceiling - room.size;
  const uint32_t outer = std::max(gap_between(floor, node->first_), gap_between(node->last_, ceiling));
  if (std::max(outer, node->gap_) < room.size) return std::nullopt;

  const uint32_t begin = begin_granule(*node), end = end_granule(*node);
  if (room.search == Search::LowestFirst) {
    if (const auto found = room_below(node->left_.get(), floor, begin, room)) return found;
    return room_below(node->right_.get(), end, ceiling, room);
  }
  if (const auto found = room_below(node->right_.get(), end, ceiling, room)) return found;
  return room_below(node->left_.get(), floor, begin, room);
}

Vad& VadTree::insert(std::unique_ptr<Vad> vad) {
  MM_CHECK(!vad->range().empty() && !overlaps(vad->range()), "a VAD where one already is");
  Vad& added = *vad;
  insert_below(root_, std::move(vad));
  ++size_;
  pages_ += added.range().size();
  return added;
}

std::unique_ptr<Vad> VadTree::remove(const Vad& vad) {
  recent_ = nullptr;
  --size_;
  pages_ -= vad.range().size();
  return remove_below(root_, vad.range().begin);
}

void VadTree::shrink(Vad& vad, PageRange range) {
  MM_CHECK(vad.range_.contains(range) && !range.empty(), "a VAD shrinks to a part of itself");
  pages_ -= vad.range_.size() - range.size();
  vad.range_ = range;
  refresh_path(root_, range.begin);
}

void VadTree::refresh(Vad& node) {
  const Vad* left = node.left_.get();
  const Vad* right = node.right_.get();
  const auto height = [](const Vad* child) { return child == nullptr ? 0 : child->height_; };
  const uint32_t begin = begin_granule(node), end = end_granule(node);
  node.height_ = 1 + std::max(height(left), height(right));
  node.first_ = left != nullptr ? left->first_ : begin;
  node.last_ = right != nullptr ? right->last_ : end;
  node.gap_ = 0;
  if (left != nullptr) node.gap_ = std::max(left->gap_, gap_between(left->last_, begin));
  if (right != nullptr) node.gap_ = std::max({node.gap_, right->gap_, gap_between(end, right->first_)});
}

void VadTree::rotate_left(Link& link) {
  Link up = std::move(link->right_);
  link->right_ = std::move(up->left_);
  refresh(*link);
  up->left_ = std::move(link);
  link = std::move(up);
  refresh(*link);
}

void VadTree::rotate_right(Link& link) {
  Link up = std::move(link->left_);
  link->left_ = std::move(up->right_);
  refresh(*link);
  up->right_ = std::move(link);
  link = std::move(up);
  refresh(*link);
}

void VadTree::rebalance(Link& link) {
  const auto height = [](const Link& child) { return child == nullptr ? 0 : child->height_; };
  const auto lean = [&](const Vad& node) { return height(node.right_) - height(node.left_); };
  refresh(*link);
  if (lean(*link) > 1) {
    if (lean(*link->right_) < 0) rotate_right(link->right_);
    rotate_left(link);
  } else if (lean(*link) < -1) {
    if (lean(*link->left_) > 0) rotate_left(link->left_);
    rotate_right(link);
  }
}

void VadTree::insert_below(Link& link, Link added) {
  if (link == nullptr) {
    link = std::move(added);
  } else {
    Link& side = added->range_.begin < link->range_.begin ? link->left_ : link->right_;
    insert_below(side, std::move(added));
  }
  rebalance(link);
}

VadTree::Link VadTree::remove_lowest(Link& link) {
  if (link->left_ == nullptr) {
    Link lowest = std::move(link);
    link = std::move(lowest->right_);
    return lowest;
  }
  Link lowest = remove_lowest(link->left_);
  rebalance(link);
  return lowest;
}

VadTree::Link VadTree::remove_below(Link& link, VirtualPageNumber begin) {
  MM_CHECK(link != nullptr, "a VAD removed that is not in the tree");
  Link removed;
  if (begin != link->range_.begin) {
    removed = remove_below(begin < link->range_.begin ? link->left_ : link->right_, begin);
  } else {
    removed = std::move(link);
    if (removed->right_ == nullptr) {
      link = std::move(removed->left_);
    } else {
      link = remove_lowest(removed->right_);
      link->left_ = std::move(removed->left_);
      link->right_ = std::move(removed->right_);
    }
  }
  if (link != nullptr) rebalance(link);
  return removed;
}

void VadTree::refresh_path(Link& link, VirtualPageNumber begin) {
  MM_CHECK(link != nullptr, "a VAD changed that is not in the tree");
  if (begin != link->range_.begin) {
    refresh_path(begin < link->range_.begin ? link->left_ : link->right_, begin);
  }
  refresh(*link);
}

}  // namespace mm
