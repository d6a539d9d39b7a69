#include "mm/process/page_transfers.h"

#include <algorithm>

#include "mm/base/check.h"

namespace mm {

void PageTransfers::begin(TransferDirection direction, x86::PagingFileSlot first,
                          std::span<const PageFrameNumber> frames) {
  if (!device_.takes_time()) {
    for (const PageFrameNumber frame : frames) arrive(frame);
    return;
  }
  const PageCount pages{static_cast<uint32_t>(frames.size())};
  Transfer& transfer = under_way_.emplace_back();
  transfer.end = device_.serve(clock_->now(), direction, first.slot, pages);
  transfer.direction = direction;
  transfer.size = static_cast<uint8_t>(frames.size());
  std::copy(frames.begin(), frames.end(), transfer.frames.begin());
  if (direction == TransferDirection::Write) on_their_way_out_ += pages;
}

void PageTransfers::end_those_due() {
  const Time now = clock_->now();
  while (!under_way_.empty() && under_way_.front().end <= now) {
    const Transfer& ended = under_way_.front();
    for (const PageFrameNumber frame : ended.pages()) arrive(frame);
    if (ended.direction == TransferDirection::Write) on_their_way_out_ -= PageCount{ended.size};
    under_way_.pop_front();
  }
}

void PageTransfers::arrive(PageFrameNumber frame) {
  if (pfns_[frame].use == FrameUse::None) return pfns_.release(frame);
  pfns_.arrive(frame);
}

std::optional<Time> PageTransfers::next_end() const {
  if (under_way_.empty()) return std::nullopt;
  return under_way_.front().end;
}

const PageTransfers::Transfer* PageTransfers::find(PageFrameNumber frame) const {
  const auto carries = [frame](const Transfer& transfer) {
    const auto pages = transfer.pages();
    return std::find(pages.begin(), pages.end(), frame) != pages.end();
  };
  const auto found = std::find_if(under_way_.begin(), under_way_.end(), carries);
  return found != under_way_.end() ? &*found : nullptr;
}

Time PageTransfers::end_of(PageFrameNumber frame) const {
  const Transfer* const found = find(frame);
  MM_CHECK(found != nullptr, "a page in transition that is not under way");
  return found->end;
}

bool PageTransfers::wait_for_next() {
  const auto end = next_end();
  if (!end) return false;
  clock_->wait_until(*end);
  end_due();
  return true;
}

}  // namespace mm
