// Names that only the kernel knows, for the texts of the memory commands.
#pragma once

#include <cstdint>
#include <string>

#include "mm/base/address_space_id.h"
#include "mm/services/virtual_memory.h"

namespace emu::debugger {

// Names the process that an address space belongs to.
class ProcessNamer {
 public:
  virtual ~ProcessNamer() = default;
  // Returns a name such as "process 4 (hello.exe)" for the address space `space`; any gets one.
  virtual std::string name(mm::AddressSpaceId space) const = 0;
  // Returns the id of the thread whose stack holds the address; 0 when it is no stack.
  virtual uint32_t stack_owner(mm::AddressSpaceId space, mm::VirtualAddress address) const = 0;
};

// What a region is for, in WinDbg's words: "Image", "Stack", "TEB", "PEB", "Heap", ...; and which: "[~0;
// 4.8]".
struct RegionUsage {
  std::string kind;    // empty: nothing in particular
  std::string detail;  // may be empty

  std::string text() const { return detail.empty() ? kind : kind + " " + detail; }
  bool operator==(const RegionUsage&) const = default;
};

// Part of a region, from somewhere on, all for the same use.
struct RegionPart {
  RegionUsage usage;
  mm::VirtualAddress end;  // not above the region's
};

// The regions of one process.
class RegionNamer {
 public:
  virtual ~RegionNamer() = default;
  // Says what lies in `region`, which is not free, from the address `from` in it on.
  virtual RegionPart part_at(const mm::RegionInformation& region, mm::VirtualAddress from) const = 0;
};

// Names processes where no kernel is asked: by the number of the address space.
class PlainProcessNames final : public ProcessNamer {
 public:
  std::string name(mm::AddressSpaceId space) const override {
    return "address space " + std::to_string(space.value());
  }
  uint32_t stack_owner(mm::AddressSpaceId, mm::VirtualAddress) const override { return 0; }
};

}  // namespace emu::debugger
