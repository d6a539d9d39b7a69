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

// What a region of one process is for: "Image hello.exe", "Stack of thread 8", "TEB of thread 8", "PEB",
// "Heap", "KUSER_SHARED_DATA".
class RegionNamer {
 public:
  virtual ~RegionNamer() = default;
  // Empty when it is nothing in particular.
  virtual std::string name(const mm::RegionInformation& region) const = 0;
};

// Without a kernel: numbers, and nothing but what memory itself says.
class PlainProcessNames final : public ProcessNamer {
 public:
  std::string name(uint32_t space) const override { return "address space " + std::to_string(space); }
  uint32_t stack_owner(uint32_t, mm::VirtualAddress) const override { return 0; }
};

}  // namespace emu::debugger
