// The PFN database: the only writer of a frame's state. One door per move:
//
//   from                     to           door
//   Zeroed, Free, Standby    Transition   take            its PTE no longer finds it
//   Transition               Active       activate        filled; one valid entry maps it
//   Transition               Active       pin             page table, directory, system page
//   Transition               Transition   begin_read      being filled; its entry finds it already
//   Transition               Free         release         the filling failed
//   Standby, Modified        Active       reactivate      soft fault
//   Active                   Active       share, trim     one valid entry more; one less, and not the last
//   Active                   Standby      trim            the last one less; unmodified
//   Active                   Modified     trim            the last one less; modified
//   Modified                 Transition   begin_write
//   Transition               Transition   note_written    it is stored, and will arrive
//   Transition               Standby      arrive          read or written; unmodified since
//   Transition               Modified     arrive          modified since
//   Transition               Modified     abandon_write   the write failed; first in the list again
//   Transition               Transition   disown          the page is gone before it arrived
//   Modified                 Standby      give_up_content its owner has no more use for it
//   Standby                  Modified     mark_modified   its owner has use for it again
//   Active, Standby, Modified  Free       release         the page is gone
//   Free                     Zeroed       mark_zeroed
//   Zeroed, Free             Bad          retire
//
// Windows Internals, "Page list dynamics". A move that is not in this table stops the program.
#pragma once

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>

#include "mm/base/footprint.h"
#include "mm/base/types.h"
#include "mm/pfn/page_list.h"

namespace mm {

inline constexpr uint8_t kStandbyPriorities = 8;
inline constexpr uint8_t kNormalPriority = 5;
inline constexpr uint8_t kMostRecalls = 5;

class PfnDatabase {
 public:
  // All frames zeroed. What it costs does not depend on how many there are. Notes the entries that it changes
  // in `footprint`.
  PfnDatabase(PageCount frames, Footprint& footprint);

  PageCount size() const { return size_; }
  const PageFrame& operator[](PageFrameNumber frame) const { return frames_[frame.value()]; }
  // The frame behind and before `frame` in its page list; PageFrame::kNone at the end. Meaningless for a
  // frame that is in no list.
  uint32_t next(PageFrameNumber frame) const { return frame.value() + 1 + frames_[frame.value()].next_step; }
  uint32_t previous(PageFrameNumber frame) const {
    return frame.value() - 1 - frames_[frame.value()].previous_step;
  }
  using Link = uint32_t (PfnDatabase::*)(PageFrameNumber) const;
  PageCount count(PageState state) const { return counts_[static_cast<size_t>(state)]; }
  PageCount count(FrameUse use) const { return uses_[static_cast<size_t>(use)]; }
  PageCount available() const {
    return count(PageState::Zeroed) + count(PageState::Free) + count(PageState::Standby);
  }
  const PageList& zeroed() const { return zeroed_; }
  const PageList& free() const { return free_; }
  const PageList& standby(uint8_t priority) const { return standby_[priority]; }
  const PageList& modified() const { return modified_; }
  const PageList& modified_no_write() const { return modified_no_write_; }
  const PageList& bad() const { return bad_; }

  // The frame that leaves each list next. Of the standby lists it is the oldest frame of the lowest priority
  // that has one.
  std::optional<PageFrameNumber> next_zeroed() const { return first(zeroed_); }
  std::optional<PageFrameNumber> next_free() const { return first(free_); }
  std::optional<PageFrameNumber> next_standby() const;
  std::optional<PageFrameNumber> next_modified() const { return first(modified_); }

  void take(PageFrameNumber frame);
  void activate(PageFrameNumber frame, PhysicalAddress pte, x86::Pte original);
  void pin_page_table(PageFrameNumber frame, PhysicalAddress pde);
  void pin_directory(PageFrameNumber frame, AddressSpaceId owner);
  void pin_system(PageFrameNumber frame);
  void reactivate(PageFrameNumber frame);
  void share(PageFrameNumber frame);
  void trim(PageFrameNumber frame);
  void begin_read(PageFrameNumber frame, PhysicalAddress pte, x86::Pte original);
  void begin_write(PageFrameNumber frame);
  void note_written(PageFrameNumber frame, x86::Pte stored);
  void arrive(PageFrameNumber frame);
  void disown(PageFrameNumber frame);
  void abandon_write(PageFrameNumber frame);
  void release(PageFrameNumber frame);  // at most one entry maps it, and does no more
  void mark_zeroed(PageFrameNumber frame);
  void retire(PageFrameNumber frame);

  // Properties that change without a move.
  void set_working_set_index(PageFrameNumber frame, uint32_t index) {
    frames_[frame.value()].working_set_index = index;  // noted in no footprint: no book counts indices
  }
  // The page was missed after it had been taken out of a working set.
  void note_recall(PageFrameNumber frame);
  // The content of an Active, Standby or Modified frame, or of one under way, is nowhere else any more:
  // forgets the slot, which the caller has released.
  void mark_modified(PageFrameNumber frame);
  // The content of an Active, Standby or Modified frame, or of one under way, need not be kept any more:
  // whoever needs the frame may have it, and its entry then reads as zeros (x86::reset_pte). Forgets the
  // slot, which the caller has released.
  void give_up_content(PageFrameNumber frame);
  void set_priority(PageFrameNumber frame, uint8_t priority);
  void add_used_entry(PageFrameNumber table);
  void remove_used_entry(PageFrameNumber table);

 private:
  // The entry of a frame that is about to be changed.
  PageFrame& entry(PageFrameNumber frame) {
    footprint_.note_frame(frame);
    return frames_[frame.value()];
  }
  void set_next(PageFrameNumber frame, uint32_t next) { entry(frame).next_step = next - frame.value() - 1; }
  void set_previous(PageFrameNumber frame, uint32_t previous) {
    entry(frame).previous_step = frame.value() - 1 - previous;
  }
  // Changes the link of the neighbour `frame`, or that end of `list` where there is no neighbour (kNone).
  void link_to_next(PageList& list, uint32_t frame, uint32_t next);
  void link_to_previous(PageList& list, uint32_t frame, uint32_t previous);
  static std::optional<PageFrameNumber> first(const PageList& list);
  PageList* list_of(PageFrameNumber frame);
  void set_state(PageFrame& entry, PageState state);
  void set_use(PageFrame& entry, FrameUse use);
  PageFrame& under_way(PageFrameNumber frame);
  void settle_page(PageFrame& filled, PhysicalAddress pte, x86::Pte original);
  void push_back(PageList& list, PageFrameNumber frame);
  void push_front(PageList& list, PageFrameNumber frame);
  void unlink(PageList& list, PageFrameNumber frame);
  void make_active(PageFrame& entry);
  void forget(PageFrame& entry);
  void forget_slot(PageFrameNumber frame);
  void move_cached(PageFrameNumber frame, PageState to);
  void pin(PageFrameNumber frame, FrameUse use);

  Footprint& footprint_;
  struct Free {
    void operator()(PageFrame* frames) const { std::free(frames); }
  };

  PageCount size_;
  std::unique_ptr<PageFrame[], Free> frames_;
  std::array<PageCount, kPageStates> counts_{};
  std::array<PageCount, kFrameUses> uses_{};
  PageList zeroed_, free_, modified_, modified_no_write_, bad_;
  std::array<PageList, kStandbyPriorities> standby_;
};

}  // namespace mm
