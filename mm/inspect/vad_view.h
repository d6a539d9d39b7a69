// The VADs of an address space, as they stand (Windows Internals, "Virtual address descriptors"). Reads
// everything, changes nothing; what is returned is a copy.
#pragma once

#include <optional>
#include <vector>

#include "mm/vad/vad.h"

namespace mm {

class AddressSpace;
struct MachineState;

struct VadView {
  PageRange range;
  VadType type = VadType::Private;
  VadBacking backing = VadBacking::Reserved;  // what an entry of all zeros means inside it
  VadSecurity security = VadSecurity::Open;
  x86::Protection protection;  // as it was allocated
  PageCount commit_charge{};
  uint32_t depth = 0;  // in the tree; the root: 0

  // Its pages, counted from its page-table entries.
  PageCount committed{};   // all of them
  PageCount valid{};       // in the working set, or resident for good
  PageCount transition{};  // on the standby or modified list, or being written
  PageCount paged_out{};   // in the paging file only
  PageCount untouched() const { return committed - valid - transition - paged_out; }
};

struct VadTreeView {
  std::vector<VadView> vads;  // in the order of addresses
  uint32_t height = 0;        // levels of the tree
};

VadTreeView vads_of(const MachineState& machine, const AddressSpace& space);

// The one that holds `address`; none where memory is free.
std::optional<VadView> vad_at(const MachineState& machine, const AddressSpace& space, VirtualAddress address);

}  // namespace mm
