// A paging file: slots of one page each, and the I/O behind them. What was written stays readable until its
// slot is released, whatever later writes do.
#pragma once

#include <memory>
#include <span>

#include "mm/base/result.h"
#include "mm/inspect/statistics.h"
#include "mm/pagefile/backing.h"
#include "mm/pagefile/slot.h"
#include "mm/pagefile/storage.h"
#include "mm/x86/pte.h"

namespace mm {

class PagingFile final : public Backing {
 public:
  // A PTE has 20 bits for the slot, and slot 0 means none.
  static constexpr PageCount kMaximum{(1u << 20) - 1};

  // Stands for no paging file: it has no slots, and stores nothing.
  PagingFile() = default;
  // `maximum` <= kMaximum. STATUS_DISK_FULL when `size` has no room.
  static Result<PagingFile> create(std::unique_ptr<PagingFileStorage> storage, PageCount size,
                                   PageCount maximum);

  // Grows by `pages`, or as far as the maximum and the storage allow, and returns what it gained.
  PageCount grow(PageCount pages);

  // Backing. What is written lies in slots next to each other.
  NtStatus read(x86::Pte first, std::span<std::byte* const> pages) override;
  Result<PageCount> write(std::span<OutgoingPage> pages) override;
  NtStatus writing() const override { return writing_; }
  void give_up(x86::Pte stored) override { (void)take_back(stored.slot()); }
  // Takes into hand a slot that an entry or a frame named until now.
  Slot take_back(x86::PagingFileSlot slot) { return Slot(slots_, slot); }
  // Called in a process that fork(2) made, before anything else is done with the file: what it holds is this
  // process's alone from then on. Otherwise the process would share the host's file with its parent and its
  // siblings, and read what they write.
  NtStatus after_fork();
  // Reads a page for somebody who only looks, and counts it nowhere.
  NtStatus peek(x86::PagingFileSlot slot, std::span<std::byte, kPageSize> page) const;

  bool in_use(x86::PagingFileSlot slot) const { return slot.file == 0 && slots_.in_use(slot.slot); }
  PageCount size() const { return slots_.capacity(); }
  PageCount maximum() const { return maximum_; }        // 0: there is none
  PageCount room() const { return maximum_ - size(); }  // how much it may still grow
  PagingFileStatistics statistics() const;

 private:
  std::unique_ptr<PagingFileStorage> storage_;
  SlotMap slots_;
  PageCount maximum_;
  NtStatus writing_ = NtStatus::Success;
  PageCount peak_, reads_, writes_;
  uint64_t read_operations_ = 0, write_operations_ = 0;
};

// Whether it has slots, and nothing speaks against writing to them.
inline bool can_be_written(const PagingFile& file) {
  return file.size() > PageCount{0} && succeeded(file.writing());
}

}  // namespace mm
