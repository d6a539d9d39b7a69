// Which pages are decommitted, of tables that do not exist and of whose pages some are and some are not. A
// page without an entry is what its VAD says, so that inside a VAD whose untouched pages are committed a
// decommitted page has to be noted; noting it here takes no frame of guest RAM, so that a decommit cannot
// fail for want of one. A bit for each page: at most 64 KB for an address space.
#pragma once

#include <array>
#include <memory>

#include "mm/x86/layout.h"

namespace mm {

class DecommittedPages {
 public:
  // Of the table that entry `index` of the directory is for; none when nothing is kept of it.
  x86::TablePages of_table(uint32_t index) const {
    return parts_[index] ? *parts_[index] : x86::TablePages{};
  }
  bool contains(VirtualPageNumber page) const {
    const auto& part = parts_[x86::pde_index(page)];
    return part != nullptr && (*part)[x86::pte_index(page)];
  }
  void keep(uint32_t index, const x86::TablePages& pages) {
    if (parts_[index]) {
      *parts_[index] = pages;
    } else {
      parts_[index] = std::make_unique<x86::TablePages>(pages);
    }
  }
  void forget(uint32_t index) { parts_[index].reset(); }

 private:
  std::array<std::unique_ptr<x86::TablePages>, x86::kFirstSystemPde> parts_;
};

}  // namespace mm
