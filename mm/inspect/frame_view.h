// What the PFN database knows of a frame, and what the frame is (Windows Internals, "Page frame number
// database"). Reads everything, changes nothing; what is returned is a copy.
#pragma once

#include <optional>
#include <vector>

#include "mm/pfn/page_frame.h"

namespace mm {

struct MachineState;

// What a frame holds.
enum class FrameRole : uint8_t {
  Nothing,          // zeroed, free, bad
  Filling,          // taken from its list, not yet given to a page
  ProcessPage,      // page `page` of address space `space`
  PageTable,        // of `space`; maps the table's worth of pages from `page` on
  Directory,        // of `space`
  SystemPage,       // page `page` of the system half
  SystemPageTable,  // of the system half, from `page` on
  SharedUserData,   // KUSER_SHARED_DATA, in every process
};

struct FrameView {
  PageFrameNumber number;
  PageState state = PageState::Zeroed;
  FrameRole role = FrameRole::Nothing;
  AddressSpaceId space{};                   // none when it is nobody's, or everybody's
  std::optional<VirtualPageNumber> page{};  // see FrameRole
  PageRange maps{};                         // PageTable, SystemPageTable: the pages
  std::optional<PhysicalAddress> pte_at{};  // the entry that maps it, or still finds it
  x86::Pte pte{};                           // what that entry holds now
  x86::Pte original{};                      // what it becomes when the frame is taken away (ProcessPage)
  bool modified = false;                    // the PFN database's own; the PTE's Dirty bit adds to it
  uint8_t age = 0;
  uint8_t priority = 0;
  uint32_t used_entries = 0;     // PageTable: entries that are not zero
  uint32_t share_count = 0;      // valid entries of page tables and directories that name it
  uint32_t reference_count = 0;  // 1 while it is shared, or filled, or written; else 0
  std::optional<PageFrameNumber> next{}, previous{};  // in its page list, or in its working set

  bool dirty() const { return modified || (pte.valid() && pte.has(x86::Pte::kDirty)); }
};

// `frame` lies in RAM: less than the machine's frames.
FrameView frame_view(const MachineState& machine, PageFrameNumber frame);

// Where a frame appears in virtual memory.
struct FrameMapping {
  AddressSpaceId space{};  // none: in every one
  VirtualAddress address;
  x86::Pte entry;  // what maps it there

  bool operator==(const FrameMapping&) const = default;
};

// All valid entries that name the frame, those of the self-map (page tables at 0xC0000000) included; by
// process, then by address.
std::vector<FrameMapping> mappings_of(const MachineState& machine, PageFrameNumber frame);

}  // namespace mm
