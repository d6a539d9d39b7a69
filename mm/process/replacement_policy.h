// Page replacement: which pages leave the working sets when frames are needed (Windows Internals, "Working
// sets": aging and trimming). The memory manager tells a policy what happens, and asks it when frames are
// short; what becomes of a page that goes is not the policy's business (mm/balance/trimmer.h).
//
// What a policy decides may depend on nothing but what the guest did, or a run could not be made again.
#pragma once

#include <array>

#include "mm/process/address_space.h"

namespace mm {

struct MachineState;

// A page of a working set, as the policy sees it.
struct ResidentPage {
  AddressSpace& space;
  WorkingSet::Index index;
  PageFrameNumber frame;
};

// Which pages may go: not those that the instruction at fault needs, so that it can make progress.
struct TrimFilter {
  const AddressSpace* current;            // the process that runs; null: none does
  PageCount newest_kept;                  // of it, how many of the pages that came in last stay
  std::array<VirtualPageNumber, 2> kept;  // of it, the instruction's pages
  enum class Content : uint8_t { Any, Clean };
  Content content;  // Clean: only a page that has not been written since it was stored

  PageCount newest_kept_of(const AddressSpace& space) const {
    return &space == current ? newest_kept : PageCount{0};
  }
  // Page 0, which no process has, keeps none.
  std::array<VirtualPageNumber, 2> kept_of(const AddressSpace& space) const {
    return &space == current ? kept : std::array<VirtualPageNumber, 2>{};
  }
};

// Takes a page out of its working set.
class TrimSink {
 public:
  virtual ~TrimSink() = default;
  virtual void trim(AddressSpace& space, VirtualPageNumber page) = 0;
};

class ReplacementPolicy {
 public:
  enum class Arrival : uint8_t { New, Recalled };  // Recalled: from the standby or modified list

  virtual ~ReplacementPolicy() = default;

  // A page has come into a working set. On the path of a fault: allocates nothing.
  virtual void note(MachineState& machine, const ResidentPage& page, Arrival arrival) = 0;
  // Frames are short: the policy looks at what the processor has noted since the last sample. When it clears
  // Accessed bits it need not tell the TLB; the caller does, once.
  virtual void sample(MachineState& machine) = 0;
  // Hands up to `wanted` pages that `filter` admits to `sink`, each once, and returns how many.
  virtual PageCount choose(MachineState& machine, PageCount wanted, const TrimFilter& filter,
                           TrimSink& sink) = 0;
};

}  // namespace mm
