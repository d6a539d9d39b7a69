// The processor's walk from CR3 to a physical address: pure reads (Intel SDM volume 3, 4.3 and 4.6).
#pragma once

#include <concepts>
#include <cstdint>

#include "mm/base/fault.h"
#include "mm/base/ports.h"
#include "mm/x86/layout.h"
#include "mm/x86/pte.h"

namespace mm::x86 {

// How far a walk came, and what it read.
struct Walk {
  enum class End : uint8_t {
    Page,           // PDE and PTE present
    LargePage,      // the PDE maps 4 MB
    PdeNotPresent,  // `pte` was not read
    PteNotPresent,
    ReservedBits,  // the PDE maps 4 MB, with a bit set that must be zero
    OutsideRam,    // an entry names a frame that does not exist
  };

  End end = End::PdeNotPresent;
  PhysicalAddress pde_at;
  Pte pde;
  PhysicalAddress pte_at;  // set when the PDE names a page table
  Pte pte;
  PhysicalAddress physical;  // of the byte; set for Page and LargePage

  bool present() const { return end == End::Page || end == End::LargePage; }
  bool large() const { return end == End::LargePage; }
  // The walk went on from the PDE to a page table.
  bool used_table() const { return pde.valid() && !pde.has(Pte::kLargePage); }
  // The rights of the whole path: both entries must grant them.
  bool writable() const { return pde.has(Pte::kWrite) && (large() || pte.has(Pte::kWrite)); }
  bool user() const { return pde.has(Pte::kUser) && (large() || pte.has(Pte::kUser)); }
  bool dirty() const { return (large() ? pde : pte).has(Pte::kDirty); }
};

// What a walk reads: guest RAM (PhysicalMemory), or something like it, such as an image in a file.
template <class T>
concept WalkableMemory = requires(const T& memory, PageFrameNumber frame, PhysicalAddress at) {
  { memory.contains(frame) } -> std::same_as<bool>;
  { memory.read32(at) } -> std::same_as<uint32_t>;
};

template <WalkableMemory Memory>
Walk walk(const Memory& ram, PageFrameNumber directory, VirtualAddress address) {
  Walk walk;
  walk.pde_at = pde_address(directory, address.page());
  if (!ram.contains(directory)) {
    walk.end = Walk::End::OutsideRam;
    return walk;
  }
  walk.pde = {ram.read32(walk.pde_at)};
  if (!walk.pde.valid()) return walk;
  if (walk.pde.has(Pte::kLargePage)) {
    if ((walk.pde.raw & Pte::kLargeReserved) != 0) {
      walk.end = Walk::End::ReservedBits;
      return walk;
    }
    walk.physical = {(walk.pde.raw & Pte::kLargeFrameMask) | (address.value & (kLargePageSize - 1))};
    walk.end = ram.contains(walk.physical.frame()) ? Walk::End::LargePage : Walk::End::OutsideRam;
    return walk;
  }
  walk.pte_at = pte_address(walk.pde.frame(), address.page());
  if (!ram.contains(walk.pde.frame())) {
    walk.end = Walk::End::OutsideRam;
    return walk;
  }
  walk.pte = {ram.read32(walk.pte_at)};
  if (!walk.pte.valid()) {
    walk.end = Walk::End::PteNotPresent;
    return walk;
  }
  walk.physical = walk.pte.frame().address() + address.offset();
  walk.end = ram.contains(walk.pte.frame()) ? Walk::End::Page : Walk::End::OutsideRam;
  return walk;
}

enum class WriteProtect : uint8_t { Off, On };  // CR0.WP

// Whether a finished walk lets the access through.
bool permits(const Walk& walk, Access access, Mode mode, WriteProtect wp);

// The error code that the processor pushes for an access that faults. No NX: fetches look like reads.
uint32_t error_code(const Walk& walk, Access access, Mode mode);

}  // namespace mm::x86
