// Compares one entry of a page table or of a page directory with the frame, the slot and the VAD that it
// tells of.
#pragma once

#include <optional>

#include "mm/process/machine_state.h"
#include "mm/verify/findings.h"

namespace mm {

// What an entry names, for those who count.
struct Named {
  std::optional<PageFrameNumber> frame;
  std::optional<x86::PagingFileSlot> slot;  // the entry's own, or the one that its frame remembers
  bool used = false;                        // the entry is not all zero
  bool valid = false;                       // maps a page of the address space's own
  bool held_back = false;
};

class EntryAudit {
 public:
  EntryAudit(const MachineState& machine, const AddressSpace& space, Findings& findings)
      : machine_(machine), space_(space), findings_(findings) {}

  Named page_entry(PageFrameNumber table, VirtualPageNumber page);
  // Audits the PDE for `page` of the user half, and returns the page table that it names.
  std::optional<PageFrameNumber> directory_entry(VirtualPageNumber page);
  // Audits the PDE for `page` of the system half.
  void system_entry(VirtualPageNumber page);

 private:
  void expect(VirtualPageNumber page, bool agrees, const char* otherwise) {
    findings_.expect_of_page(agrees, space_.id(), page, otherwise);
  }
  void missing_table(PageRange pages, x86::Pte pde);
  void valid(VirtualPageNumber page, PhysicalAddress at, x86::Pte pte, Named& named);
  void shared(VirtualPageNumber page, x86::Pte pte);
  x86::Protection remembered_protection(VirtualPageNumber page, const PageFrame& frame);
  void transition(VirtualPageNumber page, PhysicalAddress at, x86::Pte pte, Named& named);
  void frame(VirtualPageNumber page, PhysicalAddress at, PageFrameNumber number, Named& named);
  void slot(VirtualPageNumber page, x86::Pte pte, Named& named);

  const MachineState& machine_;
  const AddressSpace& space_;
  Findings& findings_;
  const Vad* vad_ = nullptr;  // the VAD that was found last
};

}  // namespace mm
