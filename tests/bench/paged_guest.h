// Our side of the processor benchmarks: the processor, its MMU and the memory manager, without the kernel.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "emulator/board/guest_ram.h"
#include "emulator/cpu/cpu.h"
#include "emulator/mmu/fault_handler.h"
#include "emulator/mmu/mmu.h"
#include "mm/memory_manager.h"
#include "tests/bench/loops.h"

namespace bench {

struct GuestSize {
  mm::PageCount ram = mm::pages_for(128u << 20);
  mm::PageCount pagefile{0};
  std::unique_ptr<mm::PagingFileStorage> storage;
};

class PagedGuest final : public emu::FaultHandler {
 public:
  explicit PagedGuest(GuestSize size = {});

  void run(const Loop& loop, uint32_t count);
  // Gives all data back and allocates it anew, so that every page faults again.
  void renew_data();

  // As an idle machine does it, until no free frame is left.
  void zero_free_frames();
  // The next access to every page misses the TLB.
  void forget_translations() { mmu_.invalidate_all(); }

  mm::MemoryStatistics statistics() const { return manager_->statistics(); }
  emu::FaultAnswer handle(const mm::Fault& fault) override;

 private:
  void allocate(uint32_t base, uint32_t size, uint32_t protect);
  void write_code(const Loop& loop);

  emu::GuestRam ram_;
  emu::Mmu mmu_;
  emu::Cpu cpu_;
  std::unique_ptr<mm::MemoryManager> manager_;
  mm::AddressSpace* space_ = nullptr;
};

}  // namespace bench
