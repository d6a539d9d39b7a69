// A page-table entry (or page-directory entry) in hardware form and in every software form. What is here is
// the encoding of 32-bit paging, the only mode that there is: the upper 32 bits are zero. How wide an entry
// is in memory is the mode's (mm/x86/entry_memory.h).
//
// mm/README.md, "Entry formats", has the table of all forms, bit by bit. Hardware bits: Intel SDM volume 3,
// tables 4-5 and 4-6. Software forms: Windows Internals, "Invalid PTEs".
#pragma once

#include <cstdint>

#include "mm/base/types.h"
#include "mm/x86/protection.h"

namespace mm::x86 {

enum class PteKind : uint8_t { Unknown, Valid, DemandZero, Decommitted, PagingFile, Transition, Prototype };

// A place in the paging files. Slot 0 is never given out.
struct PagingFileSlot {
  uint8_t file = 0;   // 0-15
  uint32_t slot = 0;  // 20 bits; 0: none

  constexpr bool operator==(const PagingFileSlot&) const = default;
  explicit constexpr operator bool() const { return slot != 0; }
};

// Why a page that may be written is mapped without the right to: whoever mapped it wants to hear of the first
// write. Write watches and copy-on-write are to join.
enum class HoldReason : uint8_t {
  None,   // it is not held back
  Clean,  // the paging file cannot be written, so that its frame can be had again only while it is clean
};

struct Pte {
  uint64_t raw = 0;

  static constexpr uint32_t kValid = 1u << 0;
  static constexpr uint32_t kWrite = 1u << 1;
  static constexpr uint32_t kUser = 1u << 2;
  static constexpr uint32_t kWriteThrough = 1u << 3;
  static constexpr uint32_t kCacheDisable = 1u << 4;
  static constexpr uint32_t kAccessed = 1u << 5;
  static constexpr uint32_t kDirty = 1u << 6;
  static constexpr uint32_t kLargePage = 1u << 7;
  static constexpr uint32_t kGlobal = 1u << 8;
  static constexpr uint32_t kCopyOnWrite = 1u << 9;
  static constexpr uint32_t kPrototype = 1u << 10;
  static constexpr uint32_t kTransition = 1u << 11;  // when not valid
  static constexpr uint32_t kWritable = 1u << 11;    // when valid
  static constexpr uint32_t kFrameMask = 0xFFFFF000;
  static constexpr uint32_t kLargeReserved = 0x003FE000;  // of a 4 MB page, without PSE-36 (SDM, table 4-4)

  constexpr bool operator==(const Pte&) const = default;
  constexpr bool has(uint64_t bits) const { return (raw & bits) == bits; }
  constexpr bool valid() const { return has(kValid); }
  // Only a valid entry can be held back.
  constexpr HoldReason hold_reason() const {
    return has(kWritable) && !has(kWrite) ? HoldReason::Clean : HoldReason::None;
  }
  constexpr bool held_back() const { return hold_reason() != HoldReason::None; }
  constexpr Pte with(uint64_t bits) const { return {raw | bits}; }
  constexpr Pte without(uint64_t bits) const { return {raw & ~bits}; }

  // A valid or a transition entry has one.
  constexpr PageFrameNumber frame() const {
    return PageFrameNumber(static_cast<uint32_t>((raw & kFrameMask) >> kPageShift));
  }
  // The first byte of the large page that a valid entry maps.
  constexpr PhysicalAddress large_page() const { return {raw & kLargeFrameMask}; }
  // An entry that is not valid has one, unless it is a prototype or all zero.
  constexpr Protection protection() const { return {static_cast<uint8_t>((raw >> 5) & 31)}; }
  // A paging-file entry has one.
  constexpr PagingFileSlot slot() const {
    return {static_cast<uint8_t>((raw >> 1) & 15), static_cast<uint32_t>(raw >> kPageShift)};
  }
  constexpr Pte with_protection(Protection protection) const {
    return {(raw & ~(uint64_t{31} << 5)) | uint64_t{protection.code} << 5};
  }

 private:
  static constexpr uint32_t kLargeFrameMask = 0xFFC00000;
};

constexpr PteKind decode(Pte pte) {
  if (pte.raw == 0) return PteKind::Unknown;
  if (pte.valid()) return PteKind::Valid;
  if (pte.has(Pte::kPrototype)) return PteKind::Prototype;
  if (pte.has(Pte::kTransition)) return PteKind::Transition;
  if (pte.slot()) return PteKind::PagingFile;
  return pte.protection() == protection::kDecommitted ? PteKind::Decommitted : PteKind::DemandZero;
}

constexpr Pte demand_zero_pte(Protection protection) { return {uint32_t{protection.code} << 5}; }
// Demand-zero as well, but not untouched: what MEM_RESET gave up was lost, which MEM_RESET_UNDO has to tell.
constexpr Pte reset_pte(Protection protection) {
  constexpr uint32_t kNoFile = 15u << 1;
  return {demand_zero_pte(protection).raw | kNoFile};
}
constexpr bool was_reset(Pte pte) { return !pte.valid() && pte == reset_pte(pte.protection()); }
constexpr Pte decommitted_pte() { return demand_zero_pte(protection::kDecommitted); }
constexpr Pte paging_file_pte(PagingFileSlot slot, Protection protection) {
  return {slot.slot << kPageShift | uint32_t{slot.file} << 1 | uint32_t{protection.code} << 5};
}
constexpr Pte transition_pte(PageFrameNumber frame, Protection protection) {
  return {frame.value() << kPageShift | Pte::kTransition | uint32_t{protection.code} << 5};
}

// The hardware form of `protection`, which must allow some access and carry no guard. Accessed and Dirty are
// clear: only the processor sets them.
constexpr Pte valid_pte(PageFrameNumber frame, Protection protection, Mode mode) {
  uint32_t raw = frame.value() << kPageShift | Pte::kValid;
  if (mode == Mode::User) raw |= Pte::kUser;
  if (protection.writable()) raw |= Pte::kWrite | Pte::kWritable;
  if (protection.copy_on_write()) raw |= Pte::kCopyOnWrite;
  if (protection.modifier() == 8) raw |= Pte::kCacheDisable;
  if (protection.modifier() == 24) raw |= Pte::kWriteThrough;
  return {raw};
}

// A page-directory entry that names a page table.
constexpr Pte table_pde(PageFrameNumber table, Mode mode) {
  return {table.value() << kPageShift | Pte::kValid | Pte::kWrite | (mode == Mode::User ? Pte::kUser : 0)};
}

constexpr Pte decommitted_pde() { return decommitted_pte(); }
constexpr Pte partly_decommitted_pde() { return decommitted_pde().with(Pte::kPrototype); }

static_assert(decode(Pte{0}) == PteKind::Unknown);
static_assert(!decommitted_pde().valid() && !partly_decommitted_pde().valid());
static_assert(decode(demand_zero_pte(protection::kReadWrite)) == PteKind::DemandZero);
static_assert(decode(demand_zero_pte(protection::kNoAccess)) == PteKind::DemandZero);
static_assert(decode(reset_pte(protection::kReadWrite)) == PteKind::DemandZero);
static_assert(was_reset(reset_pte(protection::kNoAccess)) &&
              !was_reset(demand_zero_pte(protection::kNoAccess)));
static_assert(decode(decommitted_pte()) == PteKind::Decommitted);
static_assert(decode(paging_file_pte({15, 0xFFFFF}, protection::kReadWrite)) == PteKind::PagingFile);
static_assert(paging_file_pte({3, 0x12345}, protection::kReadOnly).slot() == PagingFileSlot{3, 0x12345});
static_assert(decode(transition_pte(PageFrameNumber(0), protection::kReadOnly)) == PteKind::Transition);
static_assert(transition_pte(PageFrameNumber(7), protection::kNoAccess).protection() ==
              protection::kNoAccess);
static_assert(decode(valid_pte(PageFrameNumber(1), protection::kReadWrite, Mode::User)) == PteKind::Valid);

}  // namespace mm::x86
