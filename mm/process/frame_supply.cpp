#include "mm/process/frame_supply.h"

#include <cstring>

namespace mm {

std::optional<PageFrameNumber> FrameSupply::take_zeroed() {
  if (!spare()) return std::nullopt;
  if (const auto frame = pfns_.next_zeroed()) return take(*frame);
  auto frame = pfns_.next_free();
  if (!frame) frame = pfns_.next_standby();
  if (!frame) return std::nullopt;
  take(*frame);
  zero(*frame);
  return frame;
}

std::optional<PageFrameNumber> FrameSupply::take_any() {
  auto frame = pfns_.next_free();
  if (!frame) frame = pfns_.next_zeroed();
  if (!frame) frame = pfns_.next_standby();
  if (!frame) return std::nullopt;
  return take(*frame);
}

// A standby page leaves its old owner for good: the entry that still finds it becomes what it was before.
void FrameSupply::take_from_owner(PageFrameNumber frame) {
  const PageFrame& entry = pfns_[frame];
  if (announce_.heard()) {
    announce_(
        {.kind = Event::Kind::FrameLost, .address = tables_.page_of(entry.pte).address(), .frame = frame});
  }
  const x86::Protection protection = tables_.read(entry.pte).protection();
  tables_.write(entry.pte, entry.original.with_protection(protection));
}

PageFrameNumber FrameSupply::take(PageFrameNumber frame) {
  const PageFrame& entry = pfns_[frame];
  const PageState from = entry.state;
  if (from == PageState::Standby) take_from_owner(frame);
  if (from != PageState::Zeroed) tlb_.discard_code(frame);
  pfns_.take(frame);
  announce_({.kind = Event::Kind::FrameTaken, .frame = frame, .value = static_cast<uint32_t>(from)});
  return frame;
}

bool FrameSupply::zero_one() {
  const auto frame = pfns_.next_free();
  if (!frame) return false;
  tlb_.discard_code(*frame);
  zero(*frame);
  pfns_.mark_zeroed(*frame);
  return true;
}

void FrameSupply::zero(PageFrameNumber frame) { std::memset(ram_.frame(frame).data(), 0, kPageSize); }

}  // namespace mm
