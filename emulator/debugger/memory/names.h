// What only the kernel knows the names of, as the texts of the memory commands need it.
#pragma once

#include <cstdint>
#include <string>

#include "mm/memory_manager.h"

namespace emu::debugger {

// The process that an address space belongs to.
class ProcessNamer {
 public:
  virtual ~ProcessNamer() = default;
  // "process 4 (hello.exe)"; `space` is the address space's number. Any number gets a name.
  virtual std::string name(uint32_t space) const = 0;
  // The thread whose stack holds the address; 0: none's.
  virtual uint32_t stack_owner(uint32_t space, mm::VirtualAddress address) const = 0;
};

// What a region is for, in WinDbg's words: "Image", "Stack", "TEB", "PEB", "Heap", ...; and which:
// "[~0; 4.8]".
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
  // Of the region, which is not free, what lies from `from` on, an address in it.
  virtual RegionPart part_at(const mm::RegionInformation& region, mm::VirtualAddress from) const = 0;
};

// Without a kernel: numbers, and nothing but what memory itself says.
class PlainProcessNames final : public ProcessNamer {
 public:
  std::string name(uint32_t space) const override { return "address space " + std::to_string(space); }
  uint32_t stack_owner(uint32_t, mm::VirtualAddress) const override { return 0; }
};

}  // namespace emu::debugger
