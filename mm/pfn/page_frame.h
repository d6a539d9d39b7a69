// What the PFN database knows of one frame of RAM (Windows Internals, "Page frame number database").
#pragma once

#include <cstdint>

#include "mm/base/address_space_id.h"
#include "mm/base/fault_kind.h"
#include "mm/base/types.h"
#include "mm/x86/pte.h"

namespace mm {

// Where a frame is. Every frame is in exactly one place.
enum class PageState : uint8_t {
  Zeroed,
  Free,
  Standby,          // clean, its PTE still finds it
  Modified,         // dirty, its PTE still finds it
  ModifiedNoWrite,  // dirty, must not be written yet
  Bad,
  Active,      // in a working set, or resident for good
  Transition,  // between two places: being filled, or being written
};
inline constexpr int kPageStates = 8;

// What an active or cached frame holds.
enum class FrameUse : uint8_t {
  None,
  Page,       // a page of an address space: in working sets while active
  PageTable,  // `pte` is its PDE
  Directory,
  System,  // resident for good
};
inline constexpr int kFrameUses = 5;

// An entry whose bytes are all zero is that of a zeroed frame which stands in the zeroed list between its
// neighbours in RAM, so that a database is made without being written (PfnDatabase::next, previous).
struct PageFrame {
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  PhysicalAddress pte;  // Page, PageTable: the entry that maps the frame, or still finds it
  // Where the content is when the frame is taken away: in a slot, in zeros, in nothing that counts
  // (x86::reset_pte). Without a protection, which is the entry's to know.
  x86::Pte original;
  // In a page list: how far beyond the neighbours in RAM the next one and the previous one are. While active,
  // as Windows' u1 and u2: where the page stands in the working set that it came into first, and how many
  // valid entries map the frame.
  union {
    uint32_t next_step = 0;
    uint32_t working_set_index;
  };
  union {
    uint32_t previous_step = 0;
    uint32_t share_count;
  };
  AddressSpaceId owner;       // PageTable, Directory: whose it is
  uint16_t used_entries = 0;  // PageTable: entries that are not zero; Directory: page tables of its user half
  PageState state : 4 = PageState::Zeroed;
  FrameUse use : 4 = FrameUse::None;
  bool modified : 1 = false;  // the content is nowhere else (the PTE's Dirty bit adds to this while valid)
  uint8_t priority : 3 = 0;   // 0-7, the standby list that it goes to
  uint8_t recalls : 3 = 0;    // Page that may be executed: how often it was brought back, 5 at most
  bool read_in : 1 = false;   // Page: a device read it, and nobody has used it since
};

// What the fault is that brings a cached page back: the second half of a hard one, where it was read for it.
inline FaultKind kind_of_recall(const PageFrame& frame) {
  return frame.read_in ? FaultKind::PagingFile : FaultKind::Transition;
}

static_assert(sizeof(PageFrame) <= 32, "with its working-set entry, a frame's bookkeeping is 40 bytes");

}  // namespace mm
