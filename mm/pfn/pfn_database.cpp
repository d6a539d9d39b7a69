#include "mm/pfn/pfn_database.h"

#include <new>
#include <type_traits>

#include "mm/base/check.h"

namespace mm {

PfnDatabase::PfnDatabase(PageCount frames, Footprint& footprint) : footprint_(footprint), size_(frames) {
  // The host gives memory of zero bytes that it takes from nobody before it is used.
  static_assert(std::is_trivially_copyable_v<PageFrame> && std::is_trivially_destructible_v<PageFrame>);
  frames_.reset(static_cast<PageFrame*>(std::calloc(frames.value, sizeof(PageFrame))));
  if (frames_ == nullptr) throw std::bad_alloc();
  counts_[static_cast<size_t>(PageState::Zeroed)] = frames;
  uses_[static_cast<size_t>(FrameUse::None)] = frames;
  zeroed_.head_ = 0;
  zeroed_.tail_ = frames.value - 1;
  zeroed_.size_ = frames;
  set_next(PageFrameNumber(zeroed_.tail_), PageFrame::kNone);
}

std::optional<PageFrameNumber> PfnDatabase::first(const PageList& list) {
  if (list.empty()) return std::nullopt;
  return PageFrameNumber(list.head());
}

std::optional<PageFrameNumber> PfnDatabase::next_standby() const {
  for (const PageList& list : standby_) {
    if (!list.empty()) return first(list);
  }
  return std::nullopt;
}

void PfnDatabase::take(PageFrameNumber frame) {
  PageFrame& taken = entry(frame);
  MM_CHECK(
      taken.state == PageState::Zeroed || taken.state == PageState::Free || taken.state == PageState::Standby,
      "only an available frame can be taken");
  unlink(*list_of(frame), frame);
  forget(taken);
  set_state(taken, PageState::Transition);
}

void PfnDatabase::activate(PageFrameNumber frame, PhysicalAddress pte, x86::Pte original) {
  PageFrame& filled = entry(frame);
  settle_page(filled, pte, original);
  make_active(filled);
}

void PfnDatabase::settle_page(PageFrame& filled, PhysicalAddress pte, x86::Pte original) {
  MM_CHECK(filled.state == PageState::Transition && filled.use == FrameUse::None, "not a frame being filled");
  set_use(filled, FrameUse::Page);
  filled.pte = pte;
  filled.original = original;
  filled.priority = kNormalPriority;
}

void PfnDatabase::pin(PageFrameNumber frame, FrameUse use) {
  PageFrame& pinned = entry(frame);
  MM_CHECK(pinned.state == PageState::Transition && pinned.use == FrameUse::None, "not a frame being filled");
  set_use(pinned, use);
  make_active(pinned);
}

void PfnDatabase::make_active(PageFrame& entry) {
  entry.working_set_index = 0;
  entry.share_count = 1;
  entry.read_in = false;
  set_state(entry, PageState::Active);
}

void PfnDatabase::pin_page_table(PageFrameNumber frame, PhysicalAddress pde) {
  pin(frame, FrameUse::PageTable);
  entry(frame).pte = pde;
  entry(frame).owner = frames_[pde.frame().value()].owner;
}

void PfnDatabase::pin_directory(PageFrameNumber frame, AddressSpaceId owner) {
  MM_CHECK(owner != kNoAddressSpace, "a directory that is nobody's");
  pin(frame, FrameUse::Directory);
  entry(frame).owner = owner;
}

void PfnDatabase::pin_system(PageFrameNumber frame) { pin(frame, FrameUse::System); }

void PfnDatabase::reactivate(PageFrameNumber frame) {
  PageFrame& found = entry(frame);
  MM_CHECK(found.state == PageState::Standby || found.state == PageState::Modified, "not a cached frame");
  unlink(*list_of(frame), frame);
  make_active(found);
}

void PfnDatabase::share(PageFrameNumber frame) {
  PageFrame& shared = entry(frame);
  MM_CHECK(shared.state == PageState::Active && shared.use == FrameUse::Page, "not a page of a working set");
  ++shared.share_count;
}

void PfnDatabase::trim(PageFrameNumber frame) {
  PageFrame& trimmed = entry(frame);
  MM_CHECK(trimmed.state == PageState::Active && trimmed.use == FrameUse::Page,
           "not a page of a working set");
  if (--trimmed.share_count > 0) return;
  set_state(trimmed, trimmed.modified ? PageState::Modified : PageState::Standby);
  push_back(*list_of(frame), frame);
}

void PfnDatabase::begin_write(PageFrameNumber frame) {
  PageFrame& written = entry(frame);
  MM_CHECK(written.state == PageState::Modified, "only a modified page is written");
  unlink(modified_, frame);
  set_state(written, PageState::Transition);
}

void PfnDatabase::begin_read(PageFrameNumber frame, PhysicalAddress pte, x86::Pte original) {
  PageFrame& read = entry(frame);
  settle_page(read, pte, original);
  read.read_in = true;
}

PageFrame& PfnDatabase::under_way(PageFrameNumber frame) {
  PageFrame& moving = entry(frame);
  MM_CHECK(moving.state == PageState::Transition && moving.use == FrameUse::Page, "not a page under way");
  return moving;
}

void PfnDatabase::note_written(PageFrameNumber frame, x86::Pte stored) {
  PageFrame& written = under_way(frame);
  written.original = stored;
  written.modified = false;
}

void PfnDatabase::arrive(PageFrameNumber frame) {
  PageFrame& arrived = under_way(frame);
  set_state(arrived, arrived.modified ? PageState::Modified : PageState::Standby);
  push_back(*list_of(frame), frame);
}

void PfnDatabase::disown(PageFrameNumber frame) { forget(under_way(frame)); }

void PfnDatabase::abandon_write(PageFrameNumber frame) {
  set_state(under_way(frame), PageState::Modified);
  push_front(modified_, frame);
}

void PfnDatabase::release(PageFrameNumber frame) {
  const PageFrame& released = entry(frame);
  MM_CHECK(released.state != PageState::Active || released.share_count <= 1, "still mapped by others");
  MM_CHECK(released.state != PageState::Zeroed && released.state != PageState::Free,
           "a frame released twice");
  MM_CHECK(released.state != PageState::Bad, "a bad frame stays bad");
  if (PageList* list = list_of(frame)) unlink(*list, frame);
  forget(entry(frame));
  set_state(entry(frame), PageState::Free);
  push_back(free_, frame);
}

void PfnDatabase::mark_zeroed(PageFrameNumber frame) {
  MM_CHECK(entry(frame).state == PageState::Free, "only a free frame becomes a zeroed one");
  unlink(free_, frame);
  set_state(entry(frame), PageState::Zeroed);
  push_back(zeroed_, frame);
}

void PfnDatabase::retire(PageFrameNumber frame) {
  MM_CHECK(entry(frame).state == PageState::Zeroed || entry(frame).state == PageState::Free, "frame in use");
  unlink(*list_of(frame), frame);
  set_state(entry(frame), PageState::Bad);
  push_back(bad_, frame);
}

void PfnDatabase::note_recall(PageFrameNumber frame) {
  PageFrame& recalled = entry(frame);
  if (recalled.recalls < kMostRecalls) ++recalled.recalls;
}

void PfnDatabase::give_up_content(PageFrameNumber frame) {
  forget_slot(frame);
  entry(frame).original = x86::reset_pte(entry(frame).original.protection());
  entry(frame).modified = false;
  if (entry(frame).state == PageState::Modified) move_cached(frame, PageState::Standby);
}

void PfnDatabase::mark_modified(PageFrameNumber frame) {
  forget_slot(frame);
  entry(frame).modified = true;
  if (entry(frame).state == PageState::Standby) move_cached(frame, PageState::Modified);
}

void PfnDatabase::forget_slot(PageFrameNumber frame) {
  PageFrame& changed = entry(frame);
  MM_CHECK(changed.use == FrameUse::Page, "not a page");
  changed.original = x86::demand_zero_pte(changed.original.protection());
}

void PfnDatabase::move_cached(PageFrameNumber frame, PageState to) {
  unlink(*list_of(frame), frame);
  set_state(entry(frame), to);
  push_back(*list_of(frame), frame);
}

void PfnDatabase::set_priority(PageFrameNumber frame, uint8_t priority) {
  MM_CHECK(priority < kStandbyPriorities && entry(frame).state == PageState::Active, "no such priority");
  entry(frame).priority = priority & (kStandbyPriorities - 1);
}

void PfnDatabase::add_used_entry(PageFrameNumber table) { ++entry(table).used_entries; }

void PfnDatabase::remove_used_entry(PageFrameNumber table) {
  MM_CHECK(entry(table).used_entries > 0, "more entries removed than were there");
  --entry(table).used_entries;
}

PageList* PfnDatabase::list_of(PageFrameNumber frame) {
  const PageFrame& listed = entry(frame);
  switch (listed.state) {
    case PageState::Zeroed: return &zeroed_;
    case PageState::Free: return &free_;
    case PageState::Standby: return &standby_[listed.priority];
    case PageState::Modified: return &modified_;
    case PageState::ModifiedNoWrite: return &modified_no_write_;
    case PageState::Bad: return &bad_;
    case PageState::Active:
    case PageState::Transition: return nullptr;
  }
  return nullptr;
}

void PfnDatabase::set_state(PageFrame& entry, PageState state) {
  --counts_[static_cast<size_t>(entry.state)];
  ++counts_[static_cast<size_t>(state)];
  entry.state = state;
}

void PfnDatabase::set_use(PageFrame& entry, FrameUse use) {
  --uses_[static_cast<size_t>(entry.use)];
  ++uses_[static_cast<size_t>(use)];
  entry.use = use;
}

void PfnDatabase::link_to_next(PageList& list, uint32_t frame, uint32_t next) {
  if (frame == PageFrame::kNone)
    list.head_ = next;
  else
    set_next(PageFrameNumber(frame), next);
}

void PfnDatabase::link_to_previous(PageList& list, uint32_t frame, uint32_t previous) {
  if (frame == PageFrame::kNone)
    list.tail_ = previous;
  else
    set_previous(PageFrameNumber(frame), previous);
}

void PfnDatabase::push_back(PageList& list, PageFrameNumber frame) {
  set_previous(frame, list.tail_);
  set_next(frame, PageFrame::kNone);
  link_to_next(list, list.tail_, frame.value());
  list.tail_ = frame.value();
  ++list.size_;
}

void PfnDatabase::push_front(PageList& list, PageFrameNumber frame) {
  set_previous(frame, PageFrame::kNone);
  set_next(frame, list.head_);
  link_to_previous(list, list.head_, frame.value());
  list.head_ = frame.value();
  ++list.size_;
}

void PfnDatabase::unlink(PageList& list, PageFrameNumber frame) {
  link_to_next(list, previous(frame), next(frame));
  link_to_previous(list, next(frame), previous(frame));
  set_next(frame, PageFrame::kNone);
  set_previous(frame, PageFrame::kNone);
  --list.size_;
}

void PfnDatabase::forget(PageFrame& entry) {
  entry.pte = {};
  entry.original = {};
  entry.owner = kNoAddressSpace;
  entry.used_entries = 0;
  entry.recalls = 0;
  entry.read_in = false;
  set_use(entry, FrameUse::None);
  entry.modified = false;
  entry.priority = 0;
}

}  // namespace mm
