// Page tables in 32 frames of RAM, with nothing above them: for tests that go below the address space.
#pragma once

#include <vector>

#include "mm/process/page_tables.h"
#include "tests/mm/recording_tlb.h"

namespace mm::test {

struct BareTables {
  std::vector<std::byte> bytes{PageCount{32}.bytes()};
  PhysicalMemory ram{bytes};
  Footprint footprint;
  PfnDatabase pfns{PageCount{32}, footprint};
  RecordingTlb tlb;
  Announcer announce;
  PageTables tables{x86::PagingMode::ThirtyTwoBit, ram, pfns, tlb, announce, footprint};

  PageFrameNumber frame() {
    const PageFrameNumber taken = *pfns.next_zeroed();
    pfns.take(taken);
    return taken;
  }
  x86::PagingRoot directory(uint32_t owner) { return tables.make_directory(frame(), AddressSpaceId(owner)); }
  PageFrameNumber install(x86::PagingRoot directory, VirtualPageNumber page) {
    const PageFrameNumber table = frame();
    tables.install_table(directory, page, table);
    return table;
  }
};

}  // namespace mm::test
