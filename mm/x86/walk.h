// The processor's walk from CR3 to a physical address: pure reads (Intel SDM volume 3, 4.3 and 4.6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "mm/base/fault.h"
#include "mm/x86/entry_memory.h"
#include "mm/x86/layout.h"

namespace mm::x86 {

struct WalkStep {
  PhysicalAddress at;  // of the entry
  Pte entry;
};

// How far a walk came, and what it read.
class Walk {
 public:
  enum class End : uint8_t {
    Page,          // every entry is present
    LargePage,     // the last entry maps a large page
    NotPresent,    // the last entry is not present
    ReservedBits,  // the last entry maps a large page, with a bit set that must be zero
    OutsideRam,    // the last entry names a frame that does not exist; or lies in one, was not read, and is 0
  };
  static constexpr size_t kMostSteps = 4;

  // The steps stay unwritten until the walk comes to them: every TLB miss makes a walk.
  explicit Walk(PagingMode mode = PagingMode::ThirtyTwoBit) : mode_(mode) {}  // NOLINT(*-member-init)

  End end() const { return end_; }
  PagingMode mode() const { return mode_; }
  // One step for each entry that the walk came to, from the top. Only a walk that was never made has none.
  std::span<const WalkStep> steps() const { return {steps_.data(), count_}; }
  const WalkStep& last() const { return steps_[count_ - size_t{1}]; }
  // The steps that led on to another table.
  std::span<const WalkStep> path() const { return {steps_.data(), count_ - size_t{1}}; }
  // Null where the walk did not come to that level.
  const WalkStep* step(Level level) const {
    const auto down = static_cast<size_t>(shape_of(mode_).top) - static_cast<size_t>(level);
    return down < count_ ? &steps_[down] : nullptr;
  }
  // The level of the table that the entry of `step`, one of steps(), lies in.
  Level level(const WalkStep& step) const {
    return static_cast<Level>(static_cast<ptrdiff_t>(shape_of(mode_).top) - (&step - steps_.data()));
  }
  bool was_read(const WalkStep& step) const { return end_ != End::OutsideRam || step.entry.valid(); }

  // The PTE, all zero where there is no page table; and that table's frame.
  Pte pte() const { return entry(Level::PageTable); }
  Pte pde() const { return entry(Level::Directory); }
  std::optional<PageFrameNumber> page_table() const {
    const WalkStep* found = step(Level::PageTable);
    return found != nullptr ? std::optional(found->at.frame()) : std::nullopt;
  }

  // The byte's address, when the walk ended with Page or LargePage, or with such a page outside RAM.
  PhysicalAddress physical() const { return physical_; }
  bool present() const { return end_ == End::Page || end_ == End::LargePage; }
  bool large() const { return end_ == End::LargePage; }
  // The rights of the whole path: every entry must grant them.
  bool writable() const { return common_.has(Pte::kWrite); }
  bool user() const { return common_.has(Pte::kUser); }
  bool accessed() const { return common_.has(Pte::kAccessed); }
  bool dirty() const { return last().entry.has(Pte::kDirty); }

  // The functions that walk record with these what they did.
  void add(PhysicalAddress at) { steps_[count_++] = {at, {}}; }
  Pte read(Pte entry) {
    steps_[count_ - size_t{1}].entry = entry;
    common_.raw &= entry.raw;
    return entry;
  }
  void ended(End end, PhysicalAddress physical = {}) {
    end_ = end;
    physical_ = physical;
  }

 private:
  Pte entry(Level level) const {
    const WalkStep* found = step(level);
    return found != nullptr ? found->entry : Pte{};
  }

  union {
    std::array<WalkStep, kMostSteps> steps_;  // the first count_ of them
  };
  PhysicalAddress physical_;
  Pte common_{~uint64_t{0}};  // the bits that all entries have
  uint8_t count_ = 0;
  End end_ = End::NotPresent;
  PagingMode mode_;
};

// The two levels of 32-bit paging, 4 MB pages among them. Inlined, so that the steps have fixed places: every
// TLB miss comes here.
template <WalkableMemory Memory>
[[gnu::always_inline]] inline void walk_two_levels(const Memory& memory, PageFrameNumber directory,
                                                   VirtualAddress address, Walk& walk) {
  constexpr PagingMode kMode = PagingMode::ThirtyTwoBit;
  const auto arrive = [&](PhysicalAddress byte, Walk::End end) {
    walk.ended(memory.contains(byte.frame()) ? end : Walk::End::OutsideRam, byte);
  };
  walk.add(pde_address({kMode, directory}, address.page()));
  if (!memory.contains(directory)) return walk.ended(Walk::End::OutsideRam);
  const Pte pde = walk.read(read_entry(memory, kMode, walk.last().at));
  if (!pde.valid()) return walk.ended(Walk::End::NotPresent);
  if (pde.has(Pte::kLargePage)) {
    if ((pde.raw & Pte::kLargeReserved) != 0) return walk.ended(Walk::End::ReservedBits);
    return arrive(pde.large_page() + (address.value & (kLargePageSize - 1)), Walk::End::LargePage);
  }
  walk.add(pte_address(kMode, pde.frame(), address.page()));
  if (!memory.contains(pde.frame())) return walk.ended(Walk::End::OutsideRam);
  const Pte pte = walk.read(read_entry(memory, kMode, walk.last().at));
  if (!pte.valid()) return walk.ended(Walk::End::NotPresent);
  arrive(pte.frame().address() + address.offset(), Walk::End::Page);
}

template <WalkableMemory Memory>
Walk walk(const Memory& memory, PagingRoot root, VirtualAddress address) {
  Walk walk(root.mode());
  switch (root.mode()) {
    case PagingMode::ThirtyTwoBit: walk_two_levels(memory, root.frame(), address, walk); break;
  }
  return walk;
}

enum class WriteProtect : uint8_t { Off, On };  // CR0.WP

// Whether a finished walk lets the access through.
bool permits(const Walk& walk, Access access, Mode mode, WriteProtect wp);

// The error code that the processor pushes for an access that faults. No NX: fetches look like reads.
uint32_t error_code(const Walk& walk, Access access, Mode mode);

}  // namespace mm::x86
