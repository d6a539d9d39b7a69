// What the PFN database knows of one frame of RAM (Windows Internals, "Page frame number database").
#pragma once

#include <cstdint>

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
  Page,       // a page of an address space: in its working set while active
  PageTable,  // `pte` is its PDE
  Directory,  // `owner` is its address space
  System,     // resident for good
};
inline constexpr int kFrameUses = 5;

// Of zero bytes an entry is that of a zeroed frame which stands in the list of them between its neighbours in
// RAM: a database is made without being written (PfnDatabase::next, previous).
struct PageFrame {
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  PhysicalAddress pte;         // the entry that maps the frame, or still finds it (Page, PageTable)
  x86::Pte original;           // what that entry becomes when the frame is taken away: slot, protection
  uint32_t next_step = 0;      // links of the page list, or of the working set while active: how far
  uint32_t previous_step = 0;  // beyond the neighbour in RAM
  uint32_t used_entries = 0;   // PageTable: entries that are not zero; Directory: owner's number
  PageState state = PageState::Zeroed;
  FrameUse use = FrameUse::None;
  bool modified = false;  // the content is nowhere else (the PTE's Dirty bit adds to this while valid)
  uint8_t age = 0;        // aging passes since the page was last seen used; Page, active
  uint8_t priority = 0;   // 0-7, the standby list that it goes to
  uint8_t recalls = 0;    // Page that may be executed: how often it was brought back, 5 at most
  uint16_t tables = 0;    // Directory: page tables of its user half

  x86::Protection protection() const { return original.protection(); }
};

static_assert(sizeof(PageFrame) == 32, "the database costs less than a hundredth of RAM");

}  // namespace mm
