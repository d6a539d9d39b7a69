// One virtual address of one process, with everything that is known of it joined: VAD, PDE, PTE, frame,
// working-set entry, paging-file slot. Reads everything, changes nothing; what is returned is a copy.
#pragma once

#include <optional>

#include "mm/inspect/frame_view.h"
#include "mm/inspect/slot_view.h"
#include "mm/inspect/vad_view.h"
#include "mm/inspect/working_set_view.h"
#include "mm/process/page_view.h"
#include "mm/x86/walk.h"

namespace mm {

struct PageStory {
  AddressSpaceId space{};
  VirtualAddress address;
  x86::PagingRoot root;
  x86::Walk walk;                    // the processor's, with both entries
  VirtualAddress pde_virtual;        // where the guest's self-map shows the entries
  VirtualAddress pte_virtual;        // there is one only if the PDE is valid
  std::optional<FrameView> table{};  // the page table's frame
  std::optional<VadView> vad{};      // none: free, or in the system half
  std::optional<PageView> page{};    // entry and VAD read together; with a VAD
  std::optional<FrameView> frame{};  // of a valid or a transition entry
  std::optional<WorkingSetPage> working_set{};
  std::optional<SlotView> slot{};  // that holds the page, alone or beside its frame
};

PageStory page_story(const MachineState& machine, const AddressSpace& space, VirtualAddress address);

}  // namespace mm
