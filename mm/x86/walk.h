// The processor's walk from CR3 to a physical address: pure reads (Intel SDM volume 3, 4.3 and 4.6).
#pragma once

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
    OutsideRam,     // an entry names a frame that does not exist
  };

  End end = End::PdeNotPresent;
  PhysicalAddress pde_at;
  Pte pde;
  PhysicalAddress pte_at;  // set unless PdeNotPresent or LargePage
  Pte pte;
  PhysicalAddress physical;  // of the byte; set for Page and LargePage

  bool present() const { return end == End::Page || end == End::LargePage; }
  bool large() const { return end == End::LargePage; }
  // The rights of the whole path: both entries must grant them.
  bool writable() const { return pde.has(Pte::kWrite) && (large() || pte.has(Pte::kWrite)); }
  bool user() const { return pde.has(Pte::kUser) && (large() || pte.has(Pte::kUser)); }
  bool dirty() const { return (large() ? pde : pte).has(Pte::kDirty); }
};

Walk walk(const PhysicalMemory& ram, PageFrameNumber directory, VirtualAddress address);

enum class WriteProtect : uint8_t { Off, On };  // CR0.WP

// Whether a finished walk lets the access through.
bool permits(const Walk& walk, Access access, Mode mode, WriteProtect wp);

// The error code that the processor pushes for an access that faults. No NX: fetches look like reads.
uint32_t error_code(const Walk& walk, Access access, Mode mode);

}  // namespace mm::x86
